//! Reading what came back: two envelopes, and things that are no envelope.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

use super::codes::{self, Sent};
use crate::broker::BrokerError;

/// Both envelopes at once: `status`/`errorcode` are the backend's,
/// `success`/`errorCode` the gateway's.
#[derive(Deserialize)]
struct Envelope<'a> {
    status: Option<Loose>,
    success: Option<Loose>,
    message: Option<Loose>,
    errorcode: Option<Loose>,
    #[serde(rename = "errorCode")]
    error_code: Option<Loose>,
    /// Borrowed from the body: the tokens in it are not copied.
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// Booleans have been seen as strings.
#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Flag(bool),
    Text(String),
    Other(IgnoredAny),
}

impl Loose {
    fn is_true(&self) -> bool {
        match self {
            Self::Flag(flag) => *flag,
            Self::Text(text) => text.eq_ignore_ascii_case("true"),
            Self::Other(_) => false,
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Flag(_) | Self::Other(_) => "",
        }
    }
}

/// The `data` of a success, or what went wrong.
pub fn read<T: DeserializeOwned>(
    status: u16,
    body: &[u8],
    expects_data: bool,
    sent: Sent<'_>,
) -> Result<Option<T>, BrokerError> {
    if status == 429 {
        return Err(BrokerError::RateLimited);
    }
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() {
        return Err(BrokerError::Unwell(status));
    }
    if !text.starts_with('{') {
        return Err(no_envelope(status, text));
    }
    let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(body) else {
        return Err(BrokerError::BadAnswer(status));
    };
    let succeeded = [&envelope.status, &envelope.success]
        .into_iter()
        .flatten()
        .any(Loose::is_true);
    if !succeeded {
        return Err(failed(status, &envelope, sent));
    }
    if !expects_data {
        return Ok(None);
    }
    let data = envelope.data.map_or("", RawValue::get);
    // serde's own error quotes what it read: it is dropped.
    serde_json::from_str(data)
        .map(Some)
        .map_err(|_| BrokerError::BadAnswer(status))
}

fn failed(status: u16, envelope: &Envelope<'_>, sent: Sent<'_>) -> BrokerError {
    let message = envelope.message.as_ref().map_or("", Loose::text);
    if is_rate_limit(message) {
        return BrokerError::RateLimited;
    }
    let code = [&envelope.errorcode, &envelope.error_code]
        .into_iter()
        .flatten()
        .map(Loose::text)
        .find(|code| !code.is_empty())
        .unwrap_or("");
    if code.is_empty() && message.is_empty() {
        return if status >= 500 {
            BrokerError::Unwell(status)
        } else {
            BrokerError::BadAnswer(status)
        };
    }
    codes::refusal(code, message, sent)
}

fn no_envelope(status: u16, text: &str) -> BrokerError {
    if is_rate_limit(text) {
        return BrokerError::RateLimited;
    }
    if text.starts_with('<') {
        if text.contains("Request Rejected") {
            return BrokerError::Firewall {
                support_id: support_id(text),
            };
        }
        return BrokerError::Unwell(status);
    }
    if status >= 500 {
        return BrokerError::Unwell(status);
    }
    BrokerError::BadAnswer(status)
}

fn is_rate_limit(text: &str) -> bool {
    text.to_ascii_lowercase().contains("exceeding access rate")
}

/// `Your support ID is: 1234567890`
fn support_id(text: &str) -> Option<String> {
    let (_, after) = text.split_once("support ID is")?;
    let digits: String = after
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .take(40)
        .collect();
    (!digits.is_empty()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::{Refusal, RefusalKind};

    type Data = serde_json::Value;

    fn error(status: u16, body: &str) -> BrokerError {
        read::<Data>(status, body.as_bytes(), true, Sent(&[])).unwrap_err()
    }

    fn refusal(body: &str) -> (RefusalKind, String, String) {
        match error(200, body) {
            BrokerError::Refused(Refusal {
                kind,
                code,
                message,
            }) => (kind, code, message),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn both_envelopes_succeed() {
        for body in [
            r#"{"status":true,"message":"SUCCESS","errorcode":"","data":{"a":1}}"#,
            r#"{"success":true,"message":"SUCCESS","errorCode":"","data":{"a":1}}"#,
            r#"{"status":"true","message":"SUCCESS","errorcode":"","data":{"a":1}}"#,
        ] {
            let data: Option<Data> = read(200, body.as_bytes(), true, Sent(&[])).unwrap();
            assert_eq!(data.unwrap()["a"], 1, "{body}");
        }
        let empty = br#"{"status":true,"message":"SUCCESS","errorcode":"","data":""}"#;
        assert!(
            read::<Data>(200, empty, false, Sent(&[]))
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn both_envelopes_refuse() {
        let expected = (
            RefusalKind::CodeOrPin,
            "AB1050".to_owned(),
            "Invalid totp".to_owned(),
        );
        for body in [
            r#"{"status":false,"message":"Invalid totp","errorcode":"AB1050","data":null}"#,
            r#"{"status":"false","message":"Invalid totp","errorcode":"AB1050","data":"null"}"#,
            r#"{"success":false,"message":"Invalid totp","errorCode":"AB1050","data":""}"#,
        ] {
            assert_eq!(refusal(body), expected, "{body}");
        }
        let (kind, code, message) = refusal(r#"{"message":"Invalid Token","errorcode":""}"#);
        assert_eq!(
            (kind, code.as_str(), message.as_str()),
            (RefusalKind::ApiKey, "", "Invalid Token")
        );
    }

    /// What a broken or busy broker sends must not be taken for a wrong PIN.
    #[test]
    fn what_is_no_envelope_is_no_refusal() {
        let limit = "Access denied because of exceeding access rate";
        assert_eq!(error(403, limit), BrokerError::RateLimited);
        let json = format!(r#"{{"status":false,"message":"{limit}","errorcode":""}}"#);
        assert_eq!(error(200, &json), BrokerError::RateLimited);
        let coded = r#"{"status":false,"message":"Too many requests","errorcode":"AB1021"}"#;
        assert_eq!(error(200, coded), BrokerError::RateLimited);
        assert_eq!(error(429, "{}"), BrokerError::RateLimited);
        let page = "<html><head><title>Request Rejected</title></head><body>\
                    Your support ID is: 4567890123</body></html>";
        let support_id = Some("4567890123".to_owned());
        assert_eq!(error(200, page), BrokerError::Firewall { support_id });
        assert_eq!(error(200, ""), BrokerError::Unwell(200));
        assert_eq!(error(400, " \r\n"), BrokerError::Unwell(400));
        assert_eq!(
            error(502, "<html>Bad Gateway</html>"),
            BrokerError::Unwell(502)
        );
        assert_eq!(error(503, "upstream"), BrokerError::Unwell(503));
        assert_eq!(error(500, "{}"), BrokerError::Unwell(500));
        assert_eq!(error(200, r#"{"status":tr"#), BrokerError::BadAnswer(200));
        assert_eq!(error(403, "Forbidden"), BrokerError::BadAnswer(403));
    }
}
