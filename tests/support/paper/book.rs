//! The broker's book: its clients, the codes they used, their sessions; and the checks that need it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::answers;
use super::calls::Call;
use super::checks::{self, Asked, Check, Refusal};
use super::clients::{Client, is_pin};
use super::limits::Limiter;
use super::sessions::Sessions;

/// `Clone` so that a request which the gateway stops can be judged against a copy, leaving no trace.
#[derive(Clone, Default)]
pub(super) struct Book {
    clients: Vec<Known>,
    pub sessions: Sessions,
    pub limiter: Limiter,
    /// How many steps beside its own the broker takes a code from.
    pub skew_steps: u64,
}

#[derive(Clone)]
struct Known {
    client: Client,
    used_steps: BTreeSet<u64>,
}

impl Book {
    /// Adds a client, or changes the one of this code; the codes it has used stay used.
    pub fn add(&mut self, client: Client) {
        let used_steps = BTreeSet::new();
        match self.position(&client.client_code) {
            Some(at) => self.clients[at].client = client,
            None => self.clients.push(Known { client, used_steps }),
        }
    }

    pub fn find(&self, client_code: &str) -> Option<&Client> {
        self.position(client_code)
            .map(|at| &self.clients[at].client)
    }

    pub fn client(&self, client_code: &str) -> Check<&Client> {
        self.find(client_code)
            .ok_or_else(|| Self::unknown(client_code))
    }

    fn unknown(client_code: &str) -> Refusal {
        let (code, message, why) = if client_code.contains('@') {
            let why = "an e-mail address was sent as the client code";
            ("AB1050", "Invalid totp", why)
        } else {
            // The official list has two codes that could be meant, "old password mismatch" and this one: a guess.
            ("AB1032", "User Not Found", "no such client code")
        };
        Refusal::new(answers::refusal(code, message), why)
    }

    /// A text without what the log must not hold, for a path that a program made up.
    pub fn redact(&self, text: &str) -> String {
        let clients = self.clients.iter().map(|known| &known.client);
        clients
            .flat_map(|client| [&client.pin, &client.api_key, &client.secret_base32])
            .fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
    }

    pub fn within_limits(&mut self, client_code: &str, call: Call, now: Duration) -> Check<()> {
        if self.limiter.admits(client_code, call, now) {
            return Ok(());
        }
        let why = format!("over the rate limit of {call}, or too soon after that");
        Err(Refusal::new(answers::rate_limited(), why))
    }

    /// The gateway's look at the API key, before anyone knows the client.
    pub fn api_key_is_someones(&self, asked: &Asked) -> Check<()> {
        let api_key = checks::api_key(&asked.headers);
        if self
            .clients
            .iter()
            .any(|known| known.client.api_key == api_key)
        {
            return Ok(());
        }
        Err(Refusal::api_key("X-PrivateKey is no client's API key"))
    }

    pub fn check_api_key(client: &Client, asked: &Asked) -> Check<()> {
        if client.api_key == checks::api_key(&asked.headers) {
            return Ok(());
        }
        Err(Refusal::api_key("X-PrivateKey is another client's API key"))
    }

    pub fn check_pin(client: &Client, pin: &str) -> Check<()> {
        let (code, message, why) = if pin.is_empty() {
            ("AB1050", "Invalid totp", "the PIN is empty")
        } else if !is_pin(pin) {
            let message = "LoginbyPassword is not allowed. Please switch to Login by MPIN";
            let why = "the PIN is not 4 digits, as if it were the web password";
            ("AB7001", message, why)
        } else if client.pin != pin {
            // Nobody could say which code a wrong PIN gets; this one was seen with a wrong user or password.
            let message = "Login Id or password is invalid";
            ("AB1007", message, "the PIN is wrong")
        } else {
            return Ok(());
        };
        Err(Refusal::new(answers::refusal(code, message), why))
    }

    /// Takes a code, which no later login may bring again, and tells the step that it was of.
    pub fn use_up_code(&mut self, client_code: &str, totp: &str, now: Duration) -> Check<u64> {
        let skew_steps = self.skew_steps;
        let Some(at) = self.position(client_code) else {
            return Err(Self::unknown(client_code));
        };
        let Known { client, used_steps } = &mut self.clients[at];
        let current = client.step_at(now.as_secs());
        let why = match client.step_of(totp, current) {
            _ if totp.is_empty() => "the code is empty".to_owned(),
            _ if client.is_secret(totp) => "the secret itself was sent as the code".to_owned(),
            None => "the code is of no step near the broker's clock".to_owned(),
            Some(step) if used_steps.contains(&step) => {
                format!("the code of step {step} was already used")
            }
            Some(step) if step.abs_diff(current) > skew_steps => {
                let away = step.abs_diff(current);
                let side = if step < current { "behind" } else { "ahead of" };
                format!("the code is of step {step}, {away} {side} the broker's clock")
            }
            Some(step) => {
                used_steps.insert(step);
                return Ok(step);
            }
        };
        Err(Refusal::new(
            answers::refusal("AB1050", "Invalid totp"),
            why,
        ))
    }

    fn position(&self, client_code: &str) -> Option<usize> {
        self.clients
            .iter()
            .position(|known| known.client.client_code == client_code)
    }
}
