//! ACCOUNT: which one is meant.

use super::error::CliError;
use super::output::plain;
use super::secret_argument;
use crate::account::{Account, AccountId};
use crate::engine::AccountView;

/// The one account of that id, name or client code, the latter two in any case.
pub fn find<'a>(accounts: &'a [AccountView], asked: &str) -> Result<&'a AccountView, CliError> {
    if accounts.is_empty() {
        return Err(CliError::NoAccounts);
    }
    let asked = asked.trim();
    if let Ok(id) = asked.parse::<AccountId>()
        && let Some(view) = accounts.iter().find(|view| view.id() == id)
    {
        return Ok(view);
    }
    let wanted = asked.to_lowercase();
    let is_meant = |view: &&AccountView| {
        let account = &view.account;
        !wanted.is_empty()
            && (account.label.trim().to_lowercase() == wanted
                || account.client_code.to_lowercase() == wanted)
    };
    let meant: Vec<&AccountView> = accounts.iter().filter(is_meant).collect();
    match meant.as_slice() {
        [one] => Ok(one),
        [] => {
            let shown = (!secret_argument::is_private(asked)).then(|| asked.to_owned());
            Err(CliError::UnknownAccount(shown))
        }
        several => Err(CliError::AmbiguousAccount {
            asked: asked.to_owned(),
            candidates: several.iter().map(|view| candidate(view)).collect(),
        }),
    }
}

fn candidate(view: &AccountView) -> String {
    format!("{}  {}", view.id(), named(&view.account))
}

/// The account's name, with the client code where that is not the name.
pub fn named(account: &Account) -> String {
    let (name, code) = (plain(account.name()), plain(&account.client_code));
    if code.is_empty() || code == name {
        name
    } else {
        format!("{name} ({code})")
    }
}

#[cfg(test)]
pub mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::LoginState;
    use crate::otp::Otp;

    pub fn view(label: &str, client_code: &str) -> AccountView {
        let mut account =
            Account::new(Otp::from_token_number("KUNJISAMPLEQRNOTASECRET234").unwrap());
        account.label = label.to_owned();
        account.client_code = client_code.to_owned();
        AccountView {
            account: Arc::new(account),
            session: None,
            login: LoginState::Idle,
            blames_account: false,
        }
    }

    #[test]
    fn accounts_are_found_by_name_client_code_and_id() {
        let accounts = [
            view("Asha", "A123456"),
            view("", "B654321"),
            view("Ráo", ""),
        ];
        let found = |asked: &str| find(&accounts, asked).unwrap().id();
        assert_eq!(found("asha"), accounts[0].id());
        assert_eq!(found(" a123456 "), accounts[0].id());
        assert_eq!(found("B654321"), accounts[1].id());
        assert_eq!(found("RÁO"), accounts[2].id());
        assert_eq!(found(&accounts[2].id().to_string()), accounts[2].id());
    }

    /// Logging in to a guessed account would be worse than an error.
    #[test]
    fn ambiguous_ones_are_refused_with_the_candidates() {
        let accounts = [
            view("Asha", "A123456"),
            view("a123456", "B654321"),
            view("x", ""),
        ];
        let error = find(&accounts, "A123456").unwrap_err();
        let shown = error.to_string();
        for expected in [
            accounts[0].id().to_string(),
            accounts[1].id().to_string(),
            "Asha (A123456)".into(),
        ] {
            assert!(shown.contains(&expected), "{shown}");
        }
        assert!(!shown.contains(&accounts[2].id().to_string()), "{shown}");
    }

    #[test]
    fn unknown_ones_are_told_with_the_way_on() {
        let accounts = [view("Asha", "A123456"), view("", "")];
        for asked in ["nobody", "", &AccountId::random().to_string()] {
            let error = find(&accounts, asked).unwrap_err();
            assert_eq!(error, CliError::UnknownAccount(Some(asked.to_owned())));
            assert!(error.to_string().contains("kunji list"));
        }
        assert_eq!(find(&[], "x"), Err(CliError::NoAccounts));
    }

    /// A token number where an account belongs would go into somebody's log.
    #[test]
    fn what_may_be_a_secret_is_not_repeated() {
        let accounts = [view("Asha", "A123456")];
        for asked in [
            "KUNJ0SAMPLEQRNOTASECRET234",
            "KUNJ ISAM PLEQ RNOT ASEC",
            "kunjisampleqrnotasecret",
        ] {
            let error = find(&accounts, asked).unwrap_err().to_string();
            assert!(error.starts_with("No account is called that."), "{error}");
        }
        let error = find(&accounts, "Bina").unwrap_err().to_string();
        assert!(
            error.starts_with("No account is called \"Bina\"."),
            "{error}"
        );
    }
}
