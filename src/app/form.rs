//! The form of an account: what was entered, what looks odd about it, and the
//! account it makes.

use std::path::PathBuf;

use egui::{Id, TextureHandle};
use url::Url;

use super::preview::{Preview, Row};
use crate::account::{Account, AccountId, BrokerKind};
use crate::engine::{Draft, RequestId, Shown, Snapshot, VaultError, looks_like_client_code};
use crate::otp::Otp;
use crate::secret::Secret;

/// The fields in the order in which they stand.
pub const FIELDS: [&str; 7] = [
    "label",
    "issuer",
    "client code",
    "PIN",
    "API key",
    "API secret",
    "redirect URL",
];

pub fn field_id(field: &str) -> Id {
    Id::unique(("account form", field))
}

/// Where the code came from, for the first lines of the form.
pub struct Found {
    /// The code's own label, or empty.
    pub name: String,
    pub issuer: Option<String>,
    pub source: String,
    /// The files that it came from: they still hold the secret.
    pub files: Vec<PathBuf>,
    /// They hold something that was not understood, too.
    pub is_more_in_files: bool,
    pub picture: Option<Shown>,
    pub texture: Option<TextureHandle>,
}

impl Found {
    pub fn of(row: &Row, preview: &Preview) -> Self {
        let picture = row.picture.and_then(|index| preview.pictures.get(index));
        let files = preview.files_of(row);
        Self {
            is_more_in_files: preview.is_more_in(&files),
            name: row.draft.name.clone(),
            issuer: row.draft.issuer.clone(),
            source: row.source.clone(),
            files,
            picture: picture.map(|picture| picture.shown.clone()),
            texture: picture.and_then(|picture| picture.texture.clone()),
        }
    }
}

/// What may be seen in the clear; each starts hidden.
#[derive(Default)]
pub struct InTheClear {
    pub pin: bool,
    pub api_key: bool,
    pub api_secret: bool,
}

pub struct Form {
    /// The account as it is in the vault; `None` for a new one.
    pub original: Option<Account>,
    /// What the fields were filled from; its id and code are kept.
    base: Account,
    /// `None` while an account is edited whose code stays.
    pub found: Option<Found>,
    /// An account that is in the vault already.
    pub is_edit: bool,
    /// `None` for a code of another service, which needs nothing else.
    pub broker: Option<BrokerKind>,
    pub issuer: String,
    pub label: String,
    pub client_code: String,
    pub client_code_from_qr: bool,
    pub pin: Secret,
    pub api_key: Secret,
    pub api_secret: Secret,
    pub redirect_url: String,
    pub shown: InTheClear,
    /// Being written to the vault.
    pub saving: Option<RequestId>,
    /// Why it was not saved.
    pub error: Option<VaultError>,
    /// Test the login once it is saved.
    pub then_log_in: bool,
}

impl Form {
    /// A new account around a code that was found.
    pub fn new(account: &Account, found: Found) -> Self {
        Self {
            is_edit: false,
            original: None,
            client_code_from_qr: !account.client_code.is_empty(),
            found: Some(found),
            ..Self::edit(account)
        }
    }

    /// An account that is in the vault.
    pub fn edit(account: &Account) -> Self {
        let text = |secret: &Option<Secret>| secret.clone().unwrap_or_default();
        Self {
            original: Some(account.clone()),
            found: None,
            is_edit: true,
            broker: account.broker,
            issuer: account.issuer.clone(),
            label: account.label.clone(),
            client_code: account.client_code.clone(),
            client_code_from_qr: false,
            pin: text(&account.credentials.pin),
            api_key: text(&account.credentials.api_key),
            api_secret: text(&account.credentials.api_secret),
            redirect_url: account.credentials.redirect_url.clone().unwrap_or_default(),
            shown: InTheClear::default(),
            saving: None,
            error: None,
            then_log_in: false,
            base: account.clone(),
        }
    }

    /// An account in the vault with a new code for the old one.
    pub fn replace(account: &Account, draft: &Draft, found: Found) -> Self {
        let mut form = Self::edit(account);
        form.base.otp = draft.otp.clone();
        form.found = Some(found);
        form
    }

    pub const fn id(&self) -> AccountId {
        self.base.id
    }

    pub const fn otp(&self) -> &Otp {
        &self.base.otp
    }

    /// The account as the fields have it, spaces around them left out.
    pub fn account(&self) -> Account {
        let text = |text: &str| text.trim().to_owned();
        let mut account = self.base.clone();
        account.broker = self.broker;
        account.issuer = text(&self.issuer);
        account.label = text(&self.label);
        account.client_code = text(&self.client_code);
        account.credentials.pin = self.pin.trimmed();
        account.credentials.api_key = self.api_key.trimmed();
        account.credentials.api_secret = self.api_secret.trimmed();
        account.credentials.redirect_url =
            Some(text(&self.redirect_url)).filter(|url| !url.is_empty());
        account
    }

    /// Whether leaving would lose something.
    pub fn is_dirty(&self) -> bool {
        self.account() != self.base || (self.is_edit && self.found.is_some())
    }

    /// Why a field looks wrong. Never a reason to refuse it: shapes were only
    /// observed, and the broker may have others.
    pub fn warning(&self, field: &str, snapshot: &Snapshot) -> Option<String> {
        let account = self.account();
        let pin = account.credentials.pin.as_ref().map(Secret::expose);
        let api_key = account.credentials.api_key.as_ref().map(Secret::expose);
        let api_secret = account.credentials.api_secret.as_ref().map(Secret::expose);
        let warning = match field {
            "client code" => client_code_warning(&account, snapshot)?,
            "PIN" => {
                let pin = pin.filter(|pin| pin.len() != 4 || !is_digits(pin))?;
                if is_digits(pin) {
                    "AngelOne’s PINs have 4 digits".to_owned()
                } else {
                    "A PIN has digits only: this looks like the web password".to_owned()
                }
            }
            "API key" => {
                let is_usual =
                    |k: &&str| k.len() == 8 && k.bytes().all(|b| b.is_ascii_alphanumeric());
                api_key.filter(|key| !is_usual(key))?;
                "API keys seen so far have 8 letters and digits".to_owned()
            }
            "API secret" => {
                api_secret.filter(|secret| uuid::Uuid::try_parse(secret).is_err())?;
                "API secrets seen so far look like 1b4e28ba-2fa1-11d2-883f-0016d3cca427".to_owned()
            }
            "redirect URL" => {
                let url = account.credentials.redirect_url.as_deref();
                url.filter(|url| Url::parse(url).is_err())?;
                "This is no web address; one looks like http://127.0.0.1:5000/angel/callback"
                    .to_owned()
            }
            _ => return None,
        };
        Some(warning)
    }

    /// The code's own label, where it names another client than the account's.
    pub fn other_client(&self) -> Option<&str> {
        let named = self.found.as_ref().map(|found| found.name.as_str())?;
        let code = self.client_code.trim();
        let is_other =
            looks_like_client_code(named) && !code.is_empty() && !named.eq_ignore_ascii_case(code);
        is_other.then_some(named)
    }

    /// Whose secret this is already, other than the edited account's own.
    pub fn same_secret_as<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a str> {
        let others = snapshot.accounts.iter().map(|view| &*view.account);
        let mut others = others.filter(|other| other.id != self.id());
        others
            .find(|other| other.otp.secret() == self.otp().secret())
            .map(Account::name)
    }
}

fn client_code_warning(account: &Account, snapshot: &Snapshot) -> Option<String> {
    let code = account.client_code.as_str();
    if code.is_empty() {
        return None;
    }
    let others = snapshot.accounts.iter().map(|view| &*view.account);
    let mut others = others.filter(|other| other.id != account.id);
    if let Some(other) = others.find(|other| other.client_code.eq_ignore_ascii_case(code)) {
        return Some(format!("“{}” has this client code too", other.name()));
    }
    if code.contains('@') {
        return Some("This is an e-mail address; a client code looks like A123456".to_owned());
    }
    let odd = !looks_like_client_code(code);
    odd.then(|| "A client code looks like A123456: capitals, then digits".to_owned())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            otp: Otp::from_token_number("KUNJISAMPLEQRNOTASECRET234").unwrap(),
            issuer: Some("angelone.in".into()),
            name: "A123456".into(),
            client_code: Some("A123456".into()),
        }
    }

    fn form() -> Form {
        Form::new(&draft().account(), found())
    }

    fn found() -> Found {
        Found {
            name: "A123456".into(),
            issuer: Some("angelone.in".into()),
            source: "shot.png".into(),
            files: Vec::new(),
            is_more_in_files: false,
            picture: None,
            texture: None,
        }
    }

    #[test]
    fn the_label_fills_the_client_code() {
        let form = form();
        assert_eq!(form.client_code, "A123456");
        assert!(form.label.is_empty() && form.client_code_from_qr);
        assert!(!form.is_dirty());
    }

    /// Warnings are for shapes that look wrong, and no field refuses anything.
    #[test]
    fn odd_shapes_are_warned_of_and_kept() {
        let mut form = form();
        let snapshot = Snapshot::default();
        for field in FIELDS {
            assert_eq!(form.warning(field, &snapshot), None, "{field}");
        }
        form.client_code = "asha@example.in".into();
        form.pin = Secret::from("12a4");
        form.api_key = Secret::from("short");
        form.api_secret = Secret::from("x");
        form.redirect_url = "callback".into();
        for field in &FIELDS[2..] {
            assert!(form.warning(field, &snapshot).is_some(), "{field}");
        }
        assert_eq!(form.account().credentials.pin, Some(Secret::from("12a4")));
        form.pin = Secret::from("123456");
        assert!(form.warning("PIN", &snapshot).unwrap().contains("4 digits"));
    }

    #[test]
    fn an_edit_keeps_id_and_code_and_knows_when_it_is_dirty() {
        let account = form().account();
        let mut form = Form::edit(&account);
        assert!(!form.is_dirty());
        form.label = "Mine ".into();
        assert!(form.is_dirty());
        assert_eq!(form.account().id, account.id);
        assert_eq!(form.account().label, "Mine");
        assert!(Form::replace(&account, &draft(), found()).is_dirty());
    }
}
