//! Whom the paper broker knows.

use data_encoding::{BASE32_NOPAD, Encoding};

use super::otp::{self, Algorithm};

/// How far around its clock the broker looks, only to say in the log whose step a refused code was.
const STEPS_LOOKED_AT: u64 = 20;

/// One account at the paper broker. It has no `Debug`: a failed assertion must not print a PIN.
#[derive(Clone)]
#[allow(
    clippy::struct_field_names,
    reason = "a client code is the broker's own word"
)]
pub struct Client {
    pub client_code: String,
    pub pin: String,
    pub api_key: String,
    pub secret_base32: String,
    pub algorithm: Algorithm,
    pub digits: u32,
    pub period: u64,
    pub name: String,
}

impl Client {
    /// The account of the sample QR code, the demo and most tests.
    pub fn sample() -> Self {
        Self {
            client_code: "A123456".into(),
            pin: "2580".into(),
            api_key: "kNj5amp1".into(),
            secret_base32: "KUNJISAMPLEQRNOTASECRET234".into(),
            algorithm: Algorithm::Sha1,
            digits: 6,
            period: 30,
            name: "ASHA SAMPLE".into(),
        }
    }

    /// Another account with credentials of its own, for tests of more than one: `other(1)`, `other(2)`, …
    pub fn other(number: u32) -> Self {
        let sample = Self::sample();
        let letter = ["A", "B", "C", "D", "E", "F", "G", "H"][number as usize % 8];
        Self {
            client_code: format!("B{:06}", 200_000 + number),
            pin: format!("{:04}", 1_000 + number % 9_000),
            api_key: format!("pApr{:04}", number % 10_000),
            secret_base32: format!("{letter}{}", &sample.secret_base32[1..]),
            name: format!("OTHER SAMPLE {number}"),
            ..sample
        }
    }

    /// What of this account would make every login fail, in words.
    pub fn fault(&self) -> Option<&'static str> {
        let faults = [
            (self.secret().is_none(), "the secret is not base32"),
            (self.secret_base32.is_empty(), "the secret is empty"),
            (!is_pin(&self.pin), "the PIN is not 4 digits"),
            (self.api_key.is_empty(), "the API key is empty"),
            (self.period == 0, "the period is 0"),
            (!(1..=9).contains(&self.digits), "digits are 1 to 9"),
        ];
        faults
            .iter()
            .find(|(wrong, _)| *wrong)
            .map(|(_, words)| *words)
    }

    /// The time step that a moment (seconds since 1970) lies in.
    pub fn step_at(&self, unix_secs: u64) -> u64 {
        unix_secs / self.period
    }

    /// The code that the broker expects at a moment (seconds since 1970).
    pub fn code_at(&self, unix_secs: u64) -> String {
        self.code_of(self.step_at(unix_secs))
    }

    /// The step that a code is of, if it is of one near `step`; the nearest first.
    pub(super) fn step_of(&self, code: &str, step: u64) -> Option<u64> {
        (0..=STEPS_LOOKED_AT)
            .flat_map(|away| [step.saturating_sub(away), step + away])
            .find(|near| self.code_of(*near) == code)
    }

    /// Whether a person pasted the secret where the code belongs.
    pub(super) fn is_secret(&self, text: &str) -> bool {
        tidy(text) == tidy(&self.secret_base32)
    }

    fn code_of(&self, step: u64) -> String {
        let secret = self
            .secret()
            .expect("add() lets no client in whose secret is not base32");
        otp::code(self.algorithm, &secret, self.digits, step)
    }

    fn secret(&self) -> Option<Vec<u8>> {
        tolerant_base32()
            .decode(tidy(&self.secret_base32).as_bytes())
            .ok()
    }
}

/// The shape of a PIN; anything else is the web password to this broker.
pub(super) fn is_pin(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn tidy(secret: &str) -> String {
    let kept = secret.chars().filter(|c| !c.is_whitespace() && *c != '=');
    kept.collect::<String>().to_ascii_uppercase()
}

/// The broker's secrets are 26 characters, which leaves two bits over: a strict decoder refuses them if these are set.
fn tolerant_base32() -> Encoding {
    let mut rules = BASE32_NOPAD.specification();
    rules.check_trailing_bits = false;
    rules
        .encoding()
        .expect("it is RFC 4648 base32 but for one tolerance")
}
