//! Failures in the person's words: what happened, what it means, what to do.

use super::{BrokerError, NoConnection, Refusal, RefusalKind, Words};

impl BrokerError {
    /// `broker` is the broker's name as people write it.
    #[must_use]
    pub fn words(&self, broker: &str) -> Words {
        let (title, text) = match self {
            Self::Refused(refusal) => return refusal.words(broker),
            Self::RateLimited => (
                format!("{broker} allows no more requests for now."),
                "Nothing is wrong with the account. Wait a minute or two before the next try: \
                 trying sooner makes the wait longer."
                    .to_owned(),
            ),
            Self::Firewall { support_id } => (
                format!("{broker}’s firewall turned the request away."),
                format!(
                    "This says nothing about PIN or code. Try again in a few minutes; if it goes \
                     on, ask {broker}’s support{}.",
                    support_id
                        .as_ref()
                        .map(|id| format!(" and give the ID {id}"))
                        .unwrap_or_default()
                ),
            ),
            Self::Unwell(status) => (
                format!("{broker} is unwell (HTTP {status})."),
                "It answered with an empty page or an error page of its own. Try again in a few \
                 minutes."
                    .to_owned(),
            ),
            Self::BadAnswer(status) => (
                format!("{broker} answered something that makes no sense (HTTP {status})."),
                "The answer was cut off or is of a kind that Kunji does not know. Try again in a \
                 minute."
                    .to_owned(),
            ),
            Self::TooLarge => (
                format!("{broker}’s answer was far too long."),
                "Kunji stopped reading it. Try again in a few minutes.".to_owned(),
            ),
            Self::Redirected { host } => (
                format!("{broker}’s address sent Kunji elsewhere."),
                format!(
                    "It pointed to {}. Kunji sent nothing there. Check that you are not behind a \
                     network’s sign-in page.",
                    host.as_deref().unwrap_or("another address")
                ),
            ),
            Self::NoConnection(why) => return no_connection(*why, broker),
            Self::NoAnswer => (
                format!("{broker} did not answer in time."),
                "The code was sent, so Kunji waits for the next one. Try again.".to_owned(),
            ),
            Self::Interrupted => (
                format!("The connection to {broker} broke off."),
                "The code may have arrived, so Kunji waits for the next one. Try again.".to_owned(),
            ),
            Self::Unsendable(what) => (
                format!("The {what} has a character that cannot be sent."),
                "Edit the account and enter it again.".to_owned(),
            ),
        };
        Words { title, text }
    }
}

fn no_connection(why: NoConnection, broker: &str) -> Words {
    let (title, text) = match why {
        NoConnection::Unreachable => (
            format!("{broker} could not be reached."),
            "Nothing was sent. Check the internet connection and try again.",
        ),
        NoConnection::Certificate => (
            format!("The other side could not prove to be {broker}."),
            "Nothing was sent. Its certificate is missing, expired or somebody else’s: check this \
             computer’s clock, and whether a proxy or virus scanner reads the traffic.",
        ),
        NoConnection::Timeout => (
            format!("{broker} could not be reached in time."),
            "Nothing was sent. Check the internet connection and try again.",
        ),
    };
    Words {
        title,
        text: text.to_owned(),
    }
}

impl Refusal {
    /// Never speaks of the code alone where the broker does not tell.
    #[must_use]
    pub fn words(&self, broker: &str) -> Words {
        let text = match self.kind {
            RefusalKind::CodeOrPin => {
                "It says the code is invalid, and says so for a wrong PIN or client code too. \
                 Check that client code and PIN are right, that your phone shows the same code, \
                 and this computer’s clock."
            }
            RefusalKind::WebPassword => {
                "It wants the 4-digit MPIN, not the web password. Edit the account and enter the \
                 MPIN."
            }
            RefusalKind::ClientCodeOrPin => {
                "Client code or PIN is wrong. The client code is not the e-mail address. Edit the \
                 account and correct it."
            }
            RefusalKind::ApiKey => {
                "The API key is not valid. Copy it again from the SmartAPI portal, without \
                 spaces, and edit the account."
            }
            RefusalKind::Blocked => {
                "The client is blocked for trading. Only the broker can change that: ask its \
                 support."
            }
            RefusalKind::Unclear => {
                "Its message is all that is known. Check client code, PIN and API key."
            }
            RefusalKind::SessionEnded => "Log in again.",
            RefusalKind::UnregisteredIp => {
                "This internet address is not registered for the API key. Register it on the \
                 SmartAPI portal."
            }
            RefusalKind::BrokerTrouble => {
                "Something failed on the broker’s side. Try again in a few minutes."
            }
        };
        let code = match self.code.as_str() {
            "" => String::new(),
            code => format!(" ({code})"),
        };
        let said = match self.message.as_str() {
            "" => String::new(),
            message => format!(" It said: “{message}”."),
        };
        let what = match self.kind {
            RefusalKind::SessionEnded => "says that the session has ended",
            _ => "refused the login",
        };
        Words {
            title: format!("{broker} {what}{code}."),
            text: format!("{text}{said}"),
        }
    }
}
