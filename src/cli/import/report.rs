//! What came of an import, as JSON: `{"accounts": […], "errors": […]}`.
//!
//! Each account is `{"source", "result": "saved" | "already_saved" | "declined" |
//! "failed", "id": null | "…", "name", "client_code", "missing": ["PIN"…],
//! "warnings": ["…"], "error": null | {"kind", "message"}}`; each error, of an
//! entry that is no account, `{"source", "kind", "message"}`. Nothing secret.

use serde::Serialize;

use crate::account::Account;
use crate::cli::error::ErrorJson;

#[derive(Serialize)]
pub struct ReportJson {
    pub accounts: Vec<AccountJson>,
    pub errors: Vec<SourceErrorJson>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Saved,
    AlreadySaved,
    Declined,
    Failed,
}

#[derive(Serialize)]
pub struct AccountJson {
    pub source: String,
    pub result: Ending,
    pub id: Option<String>,
    pub name: String,
    pub client_code: String,
    pub missing: Vec<&'static str>,
    pub warnings: Vec<String>,
    pub error: Option<ErrorJson>,
}

#[derive(Serialize)]
pub struct SourceErrorJson {
    pub source: String,
    #[serde(flatten)]
    pub error: ErrorJson,
}

pub fn report(
    source: String,
    result: Ending,
    account: &Account,
    warnings: Vec<String>,
) -> AccountJson {
    let id = (result != Ending::Declined).then(|| account.id.to_string());
    AccountJson {
        source,
        result,
        id,
        name: account.name().to_owned(),
        client_code: account.client_code.clone(),
        missing: account.lacking(),
        warnings,
        error: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::Otp;
    use crate::secret::Secret;

    /// Scripts read this: fields are added, never renamed; and nothing secret.
    #[test]
    fn json_has_the_documented_shape() {
        let mut account =
            Account::new(Otp::from_token_number("KUNJISAMPLEQRNOTASECRET234").unwrap());
        account.client_code = "A123456".to_owned();
        account.credentials.pin = Some(Secret::from("9731"));
        let accounts = vec![report(
            "a.png".to_owned(),
            Ending::Saved,
            &account,
            vec!["odd".to_owned()],
        )];
        let error = ErrorJson {
            kind: "empty",
            message: "It is empty.".to_owned(),
        };
        let errors = vec![SourceErrorJson {
            source: "b.png".to_owned(),
            error,
        }];
        let value = serde_json::to_value(ReportJson { accounts, errors }).unwrap();
        let expected = serde_json::json!({
            "accounts": [{
                "source": "a.png", "result": "saved", "id": account.id.to_string(),
                "name": "A123456", "client_code": "A123456", "missing": ["API key"],
                "warnings": ["odd"], "error": null,
            }],
            "errors": [{"source": "b.png", "kind": "empty", "message": "It is empty."}],
        });
        assert_eq!(value, expected);
    }
}
