//! How a login ended, in the person's words.

use super::{MAX_REFUSALS, Outcome};
use crate::account::Missing;
use crate::broker::{RefusalKind, Words};

impl Outcome {
    /// What happened in the person's words; `None` where all went well.
    /// `skew_ms` is the broker's clock minus ours, where it is known.
    #[must_use]
    pub fn words(&self, broker: &str, skew_ms: Option<i64>) -> Option<Words> {
        Some(match self {
            Self::Done(_) => return None,
            Self::Incomplete(missing) => incomplete(missing),
            Self::Stopped => Words {
                title: format!("Stopped after {MAX_REFUSALS} refusals in a row."),
                text: format!(
                    "Nothing was sent this time: {broker} blocks accounts after too many. Edit \
                     the account and change what is wrong (PIN, API key, client code or secret); \
                     then Kunji tries again."
                ),
            },
            Self::Refused { refusal, in_a_row } => {
                let mut words = refusal.words(broker);
                if refusal.kind == RefusalKind::CodeOrPin
                    && let Some(clock) = clock_words(skew_ms, broker)
                {
                    words.text = format!("{clock} {}", words.text);
                }
                if refusal.kind == RefusalKind::Blocked {
                    return Some(words);
                }
                words.text.push_str(if *in_a_row >= MAX_REFUSALS {
                    " Kunji stops here, so that the account is not blocked: change what is wrong first."
                } else {
                    " One more refusal and Kunji stops, so that the account is not blocked."
                });
                words
            }
            Self::Failed(error) => error.words(broker),
            Self::NotRemembered(error) => Words {
                title: "Nothing was sent.".to_owned(),
                text: format!(
                    "{error} Kunji notes there which codes were sent, so that none is sent twice. \
                     Check the folder’s permissions and free space, and try again."
                ),
            },
            Self::Cancelled {
                while_sending: false,
            } => Words {
                title: "Login cancelled.".to_owned(),
                text: "Nothing was sent.".to_owned(),
            },
            Self::Cancelled {
                while_sending: true,
            } => Words {
                title: "Login cancelled.".to_owned(),
                text: format!("The code was already on its way; {broker} may have logged in."),
            },
        })
    }
}

fn incomplete(missing: &[Missing]) -> Words {
    if missing.contains(&Missing::Broker) {
        return Words {
            title: "There is nothing to log in to.".to_owned(),
            text: "This is a code of another service: Kunji shows it, and no more.".to_owned(),
        };
    }
    let names: Vec<&str> = missing.iter().map(|m| m.name()).collect();
    let list = match names.as_slice() {
        [] => "Something".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    Words {
        title: format!("Missing: {list}."),
        text: "Edit the account and enter what is missing; logging in needs it.".to_owned(),
    }
}

fn clock_words(skew_ms: Option<i64>, broker: &str) -> Option<String> {
    let skew_ms = skew_ms.filter(|s| s.abs() > crate::clock::SKEW_TOLERANCE_MS)?;
    let side = if skew_ms > 0 { "behind" } else { "ahead of" };
    Some(format!(
        "This computer’s clock is {} s {side} {broker}’s; codes are now corrected, so try again.",
        skew_ms.unsigned_abs() / 1_000
    ))
}
