//! What an account needs besides its code.

use crate::account::{Account, BrokerKind, Credentials};
use crate::cli::find::named;
use crate::cli::shapes;
use crate::engine::Draft;
use crate::secret::Secret;

#[derive(Default, Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// `None` for a code of another service.
    pub broker: Option<BrokerKind>,
    pub issuer: String,
    pub label: String,
    pub client_code: String,
    pub pin: Option<Secret>,
    pub api_key: Option<Secret>,
    pub api_secret: Option<Secret>,
    pub redirect_url: Option<String>,
}

impl Details {
    /// What the code itself tells.
    pub fn of(draft: &Draft) -> Self {
        let blank = Self {
            broker: draft.broker(),
            issuer: draft.issuer.clone().unwrap_or_default(),
            ..Self::default()
        };
        match &draft.client_code {
            Some(code) if blank.broker.is_some() => Self {
                client_code: code.clone(),
                ..blank
            },
            _ => Self {
                label: draft.name.clone(),
                ..blank
            },
        }
    }

    pub fn put_into(self, account: &mut Account) {
        account.broker = self.broker;
        account.issuer = self.issuer;
        account.label = self.label;
        account.client_code = self.client_code;
        account.credentials = Credentials {
            pin: self.pin,
            api_key: self.api_key,
            api_secret: self.api_secret,
            redirect_url: self.redirect_url,
        };
    }

    /// What looks wrong. Nothing is refused for it.
    pub fn warnings(&self, draft: &Draft, saved: &[Account]) -> Vec<String> {
        let exposed = |secret: &Option<Secret>, shape: fn(&str) -> Option<&'static str>| {
            secret.as_ref().and_then(|secret| shape(secret.expose()))
        };
        let is_brokers = self.broker.is_some();
        let shapes = [
            shapes::client_code(&self.client_code).filter(|_| is_brokers),
            exposed(&self.pin, shapes::pin),
            exposed(&self.api_key, shapes::api_key),
            draft
                .otp
                .is_short()
                .then_some("The secret is shorter than 16 bytes. Compare the code with the phone."),
        ];
        let mut warnings: Vec<String> = shapes.into_iter().flatten().map(str::to_owned).collect();
        if let Some(code) = draft
            .client_code
            .as_ref()
            .filter(|code| is_brokers && **code != self.client_code)
        {
            warnings.push(format!("The QR code itself says {code}."));
        }
        let code = &self.client_code;
        let same_code = |account: &&Account| !code.is_empty() && account.client_code == *code;
        if let Some(old) = saved.iter().find(same_code) {
            warnings.push(format!(
                "{} is already saved with another secret, and stays. If the broker replaced that \
                 secret, delete the old account in the window (id {}).",
                named(old),
                old.id
            ));
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::Otp;

    fn draft(secret: &str, client_code: Option<&str>) -> Draft {
        Draft {
            otp: Otp::from_token_number(secret).unwrap(),
            issuer: None,
            name: client_code.unwrap_or("asha@example.in").to_owned(),
            client_code: client_code.map(str::to_owned),
        }
    }

    #[test]
    fn the_label_is_a_client_code_or_a_name() {
        let details = Details::of(&draft("MFRGGZDF", Some("A123456")));
        assert_eq!(
            (details.client_code.as_str(), details.label.as_str()),
            ("A123456", "")
        );
        let details = Details::of(&draft("MFRGGZDF", None));
        assert_eq!(
            (details.client_code.as_str(), details.label.as_str()),
            ("", "asha@example.in")
        );
    }

    #[test]
    fn everything_odd_is_told_of_once() {
        let long = draft("KUNJISAMPLEQRNOTASECRET234", Some("A123456"));
        let plain = Details::of(&long);
        assert_eq!(plain.warnings(&long, &[]), [""; 0]);

        let mut saved = Account::new(Otp::from_token_number("MFRGGZDF").unwrap());
        saved.client_code = "B1".to_owned();
        let odd = Details {
            client_code: "B1".to_owned(),
            pin: Some(Secret::from("97312")),
            api_key: Some(Secret::from("zz")),
            ..plain
        };
        let short = draft("MFRGGZDF", Some("A123456"));
        let warnings = odd.warnings(&short, &[saved]);
        assert_eq!(warnings.len(), 6, "{warnings:?}");
        let shown = warnings.concat();
        assert!(!shown.contains("97312") && !shown.contains("zz") && !shown.contains("MFRG"));
    }
}
