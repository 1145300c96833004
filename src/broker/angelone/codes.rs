//! The table of error codes: documented ones, and what users reported.

use crate::broker::{BrokerError, Refusal, RefusalKind};

/// What a failed envelope means.
pub fn refusal(code: &str, message: &str, sent: Sent<'_>) -> BrokerError {
    if code == "AB1021" {
        return BrokerError::RateLimited;
    }
    BrokerError::Refused(Refusal {
        kind: kind(code, message),
        code: if sent.is_in(code) {
            String::new()
        } else {
            clean(code, 12)
        },
        message: if sent.is_in(message) {
            "(its message quoted what was sent, and is not shown)".to_owned()
        } else {
            clean(message, 160)
        },
    })
}

fn kind(code: &str, message: &str) -> RefusalKind {
    match code {
        // Also seen for an empty password, and for an e-mail as client code.
        "AB1050" => RefusalKind::CodeOrPin,
        "AB7001" => RefusalKind::WebPassword,
        "AB1000" | "AB1031" | "AB1032" => RefusalKind::ClientCodeOrPin,
        // The last three are documented for tokens, and seen on login itself,
        // which has none; see `of_session`.
        "AG8004" | "AG8001" | "AG8002" | "AG8003" => RefusalKind::ApiKey,
        "AB1006" => RefusalKind::Blocked,
        "AB1010" | "AB1011" | "AB8050" | "AB8051" => RefusalKind::SessionEnded,
        "AB1004" | "AB2000" | "AB2001" => RefusalKind::BrokerTrouble,
        "AG7002" => RefusalKind::UnregisteredIp,
        // Seen without any code.
        "" if message.eq_ignore_ascii_case("Invalid Token") => RefusalKind::ApiKey,
        // Stands for a dozen faults, so its message is read.
        "AB1007" => overloaded(message),
        _ => RefusalKind::Unclear,
    }
}

fn overloaded(message: &str) -> RefusalKind {
    let message = message.to_ascii_lowercase();
    let says = |word| message.contains(word);
    if says("blocked") {
        RefusalKind::Blocked
    } else if says("password") || says("login id") || says("user id") {
        RefusalKind::ClientCodeOrPin
    } else {
        RefusalKind::Unclear
    }
}

/// Somebody else's words: no control characters, and not without end.
fn clean(text: &str, most: usize) -> String {
    let one_line = text.split(|c: char| c.is_control() || c.is_whitespace());
    let words: Vec<&str> = one_line.filter(|w| !w.is_empty()).collect();
    let text = words.join(" ");
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The same codes on a call that carries a token speak of that token.
pub fn of_session(error: BrokerError) -> BrokerError {
    match error {
        BrokerError::Refused(refusal) if refusal.kind == RefusalKind::ApiKey => {
            let kind = match refusal.code.as_str() {
                "AG8004" => RefusalKind::ApiKey,
                _ => RefusalKind::SessionEnded,
            };
            BrokerError::Refused(Refusal { kind, ..refusal })
        }
        other => other,
    }
}

/// The secrets of one request: a broker that quotes what it was sent must not
/// bring it to a screen or a log.
#[derive(Clone, Copy)]
pub struct Sent<'a>(pub &'a [&'a str]);

impl Sent<'_> {
    /// Whether one of them stands in `text`, however spaced, cut or cased.
    pub fn is_in(self, text: &str) -> bool {
        /// So much of a longer one is as good as the whole.
        const TELLING: usize = 12;
        let letters = |text: &str| -> String {
            let letters = text.chars().filter(|c| c.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect()
        };
        let text = letters(text);
        self.0.iter().any(|secret| {
            let secret: String = letters(secret).chars().take(TELLING).collect();
            !secret.is_empty() && text.contains(&secret)
        })
    }

    /// The same for the errors that carry something of the broker's.
    pub fn strip(self, error: BrokerError) -> BrokerError {
        match error {
            BrokerError::Redirected { host: Some(host) } if self.is_in(&host) => {
                BrokerError::Redirected { host: None }
            }
            BrokerError::Firewall {
                support_id: Some(id),
            } if self.is_in(&id) => BrokerError::Firewall { support_id: None },
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token that ran out is no wrong API key.
    #[test]
    fn token_codes_mean_the_session_where_there_is_one() {
        let kind = |code| match of_session(refusal(code, "Invalid Token", Sent(&[]))) {
            BrokerError::Refused(refusal) => refusal.kind,
            other => panic!("{other:?}"),
        };
        for code in ["AG8001", "AG8002", "AG8003", ""] {
            assert_eq!(kind(code), RefusalKind::SessionEnded, "{code}");
        }
        assert_eq!(kind("AG8004"), RefusalKind::ApiKey);
    }

    #[test]
    fn the_overloaded_code_is_read_by_its_message() {
        let kind = |message| kind("AB1007", message);
        assert_eq!(
            kind("Login Id or password is invalid"),
            RefusalKind::ClientCodeOrPin
        );
        assert_eq!(kind("User is Blocked"), RefusalKind::Blocked);
        assert_eq!(kind("Invalid parameters"), RefusalKind::Unclear);
    }

    #[test]
    fn foreign_words_are_tamed() {
        assert_eq!(clean("a\u{1b}[31m\n b", 20), "a [31m b");
        assert_eq!(clean(&"é".repeat(30), 5), "ééééé…");
    }

    #[test]
    fn what_was_sent_is_not_shown() {
        let sent = Sent(&["4821", "qZx7TkPw", "eyJhbGciOiJIUzUxMiJ9.abc"]);
        for message in [
            "password 4821 is wrong",
            "pin 48-21",
            "key Q Z X 7\nt k p w",
            "Invalid Token Bearer eyJhbGciOiJIUzUxM",
        ] {
            let BrokerError::Refused(refusal) = refusal("AB9999", message, sent) else {
                panic!("no refusal");
            };
            assert!(
                refusal.message.starts_with("(its message quoted"),
                "{message}"
            );
        }
        let host = Some("4821.evil.example".to_owned());
        let stripped = sent.strip(BrokerError::Redirected { host });
        assert_eq!(stripped, BrokerError::Redirected { host: None });
        assert!(!sent.is_in("Invalid totp (AB1050)"));
    }
}
