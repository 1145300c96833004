//! The way of a request through the checks: in what order, and what it gets at the end.

use std::time::Duration;

use serde_json::{Map, Value};

use super::answers::{self, Answer};
use super::book::Book;
use super::calls::Call;
use super::checks::{self, Asked, Check, Refusal};
use super::log::LogEntry;
use super::records;
use super::sessions::Session;

/// What is said, and what was done, in words.
type Done = (Answer, String);

impl Book {
    /// Judges a request, and notes in the log entry what is learnt on the way.
    pub fn judge(&mut self, asked: &Asked, now: Duration, entry: &mut LogEntry) -> Answer {
        let (answer, accepted, why) = match self.answer(asked, now, entry) {
            Ok((answer, why)) => (answer, true, why),
            Err(Refusal { answer, why }) => (answer, false, why),
        };
        entry.accepted = accepted;
        entry.why = why;
        answer
    }

    fn answer(&mut self, asked: &Asked, now: Duration, entry: &mut LogEntry) -> Check<Done> {
        let call = checks::call(asked)?;
        checks::headers(&asked.headers)?;
        if call == Call::Login {
            return self.log_in(asked, now, entry);
        }

        let jwt = checks::bearer(&asked.headers)?;
        let session = self.sessions.live(jwt, now.as_secs())?.clone();
        entry.client_code = Some(session.client_code.clone());
        self.within_limits(&session.client_code, call, now)?;
        let client = self.client(&session.client_code)?;
        Self::check_api_key(client, asked)?;
        match call {
            Call::GenerateTokens => self.new_tokens(asked, &session, now),
            Call::Logout => self.log_out(asked, &session),
            Call::Funds => read(asked, &records::funds()),
            _ => read(asked, &records::profile(client)),
        }
    }

    fn log_in(&mut self, asked: &Asked, now: Duration, entry: &mut LogEntry) -> Check<Done> {
        checks::no_bearer(&asked.headers)?;
        let fields = checks::fields(asked, &["clientcode", "password", "totp"], &["state"])?;
        let client_code = text(&fields, "clientcode");
        let totp = text(&fields, "totp");
        // A client code that is nobody's is not logged: it may be a PIN in the wrong field.
        if let Some(client) = self.find(client_code) {
            entry.client_code = Some(client.client_code.clone());
            entry.step = client.step_of(totp, client.step_at(now.as_secs()));
        }
        self.within_limits(client_code, Call::Login, now)?;

        self.api_key_is_someones(asked)?;
        Self::check_api_key(self.client(client_code)?, asked)?;
        // The code is used up before the PIN is looked at: nobody knows whether the broker does so, and a program
        // that sends a code a second time after a wrong PIN would find out with the person's account.
        let step = self.use_up_code(client_code, totp, now);
        Self::check_pin(self.client(client_code)?, text(&fields, "password"))?;
        let step = step?;

        let tokens = self.sessions.open(client_code, now.as_secs());
        let mut data = tokens.to_json();
        if let Some(state) = fields.get("state") {
            data["state"] = state.clone();
        }
        let why = format!("logged in with the code of step {step}");
        Ok((answers::success(&data), why))
    }

    fn new_tokens(&mut self, asked: &Asked, session: &Session, now: Duration) -> Check<Done> {
        let fields = checks::fields(asked, &["refreshToken"], &[])?;
        if text(&fields, "refreshToken") != session.tokens.refresh {
            let answer = answers::refusal("AB8050", "Invalid Refresh Token");
            let why = "the refresh token is not this session's";
            return Err(Refusal::new(answer, why));
        }
        self.sessions
            .end(session, "this token was replaced by generateTokens");
        let tokens = self.sessions.open(&session.client_code, now.as_secs());
        let answer = answers::success(&tokens.to_json());
        Ok((answer, "gave new tokens".into()))
    }

    fn log_out(&mut self, asked: &Asked, session: &Session) -> Check<Done> {
        let fields = checks::fields(asked, &["clientcode"], &[])?;
        if text(&fields, "clientcode") != session.client_code {
            let answer = answers::refusal("AB1011", "Entered client code is wrong");
            let why = "the client code is not the session's";
            return Err(Refusal::new(answer, why));
        }
        self.sessions.end(session, "this token was logged out");
        Ok((answers::success(&"".into()), "logged out".into()))
    }
}

fn read(asked: &Asked, data: &Value) -> Check<Done> {
    checks::no_body(asked)?;
    Ok((answers::success(data), "told".into()))
}

/// A field that `checks::fields` has found to be a string.
fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}
