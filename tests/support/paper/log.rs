//! What the broker remembers of each request. Never a PIN, an API key, a secret or a token.

use std::fmt;

use super::calls::Call;
use super::misbehaviour::Misbehaviour;

/// One request, written down before its answer is sent.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// The broker's clock, in seconds since 1970.
    pub unix_secs: u64,
    /// None at a path that is no call's.
    pub call: Option<Call>,
    pub method: String,
    /// Without its query.
    pub path: String,
    /// Whom the request was for, where that is someone the broker knows.
    pub client_code: Option<String>,
    /// The time step that the code of a login belongs to, also of a refused one, if it is of one near the
    /// broker's clock. No two logins of a good program share one.
    pub step: Option<u64>,
    /// What the broker thought of the request. A misbehaving broker may have said something else.
    pub accepted: bool,
    /// Why, in words.
    pub why: String,
    pub misbehaviour: Option<Misbehaviour>,
}

impl fmt::Display for LogEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.unix_secs % 86_400;
        let (hours, minutes, seconds) = (time / 3_600, time / 60 % 60, time % 60);
        write!(f, "{hours:02}:{minutes:02}:{seconds:02}Z {}", self.method)?;
        match self.call {
            Some(call) => write!(f, " {call}")?,
            None => write!(f, " {}", self.path)?,
        }
        if let Some(client_code) = &self.client_code {
            write!(f, " {client_code}")?;
        }
        let verdict = if self.accepted { "accepted" } else { "REFUSED" };
        write!(f, " {verdict}: {}", self.why)?;
        match &self.misbehaviour {
            Some(how) => write!(f, " [answered with {how}]"),
            None => Ok(()),
        }
    }
}
