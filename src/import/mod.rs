//! Whatever a person brings, as drafts of accounts and errors, entry by entry.

mod aegis;
mod andotp;
mod bitwarden;
mod confusion;
mod crypto;
mod ente;
mod entry;
mod error;
mod format;
mod freeotp;
mod json;
mod keepassxc;
mod migration;
mod proton;
mod secretstream;
mod table;
mod text;
mod twofas;

#[cfg(test)]
mod tests;

use crate::account::{Account, BrokerKind};
use crate::otp::{Kind, Otp};

pub use confusion::{Change, Correction, confusions};
pub use error::{EntryError, ImportError, NotDone};
pub use format::{Format, read_bytes};
pub use text::{read_codes, read_text, read_token_number};

/// What one code says about the account it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub otp: Otp,
    pub issuer: Option<String>,
    /// The label of the code as it stood there.
    pub name: String,
    /// The label, where it looks like a client code.
    pub client_code: Option<String>,
}

impl Draft {
    /// The broker whose account this is: the one that the issuer names; AngelOne
    /// where a client code or nothing at all stands for one.
    #[must_use]
    pub fn broker(&self) -> Option<BrokerKind> {
        if let Some(issuer) = &self.issuer {
            return BrokerKind::of_issuer(issuer);
        }
        let is_angelones = self.name.is_empty() || self.client_code.is_some();
        let is_angelones = is_angelones && self.otp.kind() == Kind::Totp;
        is_angelones.then_some(BrokerKind::AngelOne)
    }

    /// The account that this makes, as far as a code can tell.
    #[must_use]
    pub fn account(&self) -> Account {
        let mut account = Account::new(self.otp.clone());
        account.broker = self.broker();
        account.issuer = self.issuer.clone().unwrap_or_default();
        match &self.client_code {
            Some(code) if account.broker.is_some() => account.client_code.clone_from(code),
            // A label that is no client code is still the best name there is.
            _ => account.label.clone_from(&self.name),
        }
        account
    }
}

/// The shape seen in the field: one to five capitals, three to ten digits.
#[must_use]
pub fn looks_like_client_code(text: &str) -> bool {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let capitals = text.len() - digits.len();
    (1..=5).contains(&capitals)
        && (3..=10).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
}

/// What was made of everything that was brought: one bad entry stops no other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    pub drafts: Vec<Draft>,
    pub errors: Vec<EntryError>,
}

impl Imported {
    fn failed(error: ImportError) -> Self {
        Self {
            drafts: Vec::new(),
            errors: vec![error.into()],
        }
    }

    /// Adds what another source gave; what is there already is not added again.
    pub fn append(&mut self, other: Self) {
        for draft in other.drafts {
            if !self.drafts.contains(&draft) {
                self.drafts.push(draft);
            }
        }
        self.errors.extend(other.errors);
    }
}
