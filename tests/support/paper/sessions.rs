//! Who is logged in.

use super::checks::{Check, Refusal};
use super::clock::next_midnight_ist;
use super::tokens::Tokens;

#[derive(Clone)]
pub(super) struct Session {
    pub client_code: String,
    pub tokens: Tokens,
    ends_unix_secs: u64,
    ended: Option<&'static str>,
}

/// All sessions there were. A client may have several: nothing is known of a limit.
#[derive(Clone, Default)]
pub(super) struct Sessions(Vec<Session>);

impl Sessions {
    pub fn open(&mut self, client_code: &str, unix_secs: u64) -> Tokens {
        let tokens = Tokens::new(client_code, unix_secs);
        self.0.push(Session {
            client_code: client_code.to_owned(),
            tokens: tokens.clone(),
            ends_unix_secs: next_midnight_ist(unix_secs),
            ended: None,
        });
        tokens
    }

    /// The session of a token that is still good.
    pub fn live(&self, jwt: &str, unix_secs: u64) -> Check<&Session> {
        let Some(session) = self.0.iter().find(|session| session.tokens.jwt == jwt) else {
            return Err(Refusal::invalid_token("this token was never given out"));
        };
        match session.ended {
            Some(why) => Err(Refusal::invalid_token(why)),
            None if unix_secs >= session.ends_unix_secs => Err(Refusal::expired_token(
                "the session ended at midnight in India",
            )),
            None => Ok(session),
        }
    }

    /// Ends a session; later requests with its token are told `why`.
    pub fn end(&mut self, session: &Session, why: &'static str) {
        let jwt = &session.tokens.jwt;
        for ended in self.0.iter_mut().filter(|one| one.tokens.jwt == *jwt) {
            ended.ended = Some(why);
        }
    }
}
