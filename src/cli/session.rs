//! An account's session, in words and as JSON. Never its tokens.

use jiff::Timestamp;
use serde::Serialize;

use crate::account::{Session, ist};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    Live,
    Ended,
    None,
}

/// `{"state": "live" | "ended" | "none", "until": RFC 3339 | null}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionJson {
    pub state: SessionState,
    pub until: Option<String>,
}

impl SessionJson {
    pub fn of(session: Option<&Session>, now: Timestamp) -> Self {
        Self {
            state: match session {
                Some(session) if session.is_live_at(now) => SessionState::Live,
                Some(_) => SessionState::Ended,
                None => SessionState::None,
            },
            until: session.map(|session| session.expires().to_string()),
        }
    }
}

/// `until 00:00 on 24 Nov (IST)`
pub fn until(session: &Session) -> String {
    in_india(session.expires())
}

fn in_india(time: Timestamp) -> String {
    time.to_zoned_datetime(ist())
        .strftime("%H:%M on %-d %b (IST)")
        .to_string()
}

pub fn words(session: Option<&Session>, now: Timestamp) -> String {
    match session {
        Some(session) if session.is_live_at(now) => format!("live until {}", until(session)),
        Some(session) => format!("ended at {}", until(session)),
        None => "none".to_owned(),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::secret::Secret;

    pub fn session(obtained: &str) -> Session {
        Session {
            jwt: Secret::from("jwt-token"),
            refresh: Secret::from("refresh-token"),
            feed: Secret::from("feed-token"),
            obtained: obtained.parse().unwrap(),
        }
    }

    #[test]
    fn sessions_are_told_in_indian_time_and_without_tokens() {
        let session = session("2026-11-23T03:25:00Z");
        let at = |now: &str| words(Some(&session), now.parse().unwrap());
        assert_eq!(
            at("2026-11-23T10:00:00Z"),
            "live until 00:00 on 24 Nov (IST)"
        );
        assert_eq!(at("2026-11-24T10:00:00Z"), "ended at 00:00 on 24 Nov (IST)");
        assert_eq!(words(None, Timestamp::UNIX_EPOCH), "none");
        let json = SessionJson::of(Some(&session), "2026-11-23T10:00:00Z".parse().unwrap());
        let json = serde_json::to_string(&json).unwrap();
        assert_eq!(json, r#"{"state":"live","until":"2026-11-23T18:30:00Z"}"#);
    }
}
