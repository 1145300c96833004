//! The backend's true answer, said wrongly.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::answers::{Answer, Content};
use super::misbehaviour::Misbehaviour;

/// Bends the words; misbehaviours of another kind leave them as they are.
pub(super) fn words(answer: &mut Answer, how: &Misbehaviour) {
    match how {
        Misbehaviour::EmptyBody200 => {
            answer.status = StatusCode::OK;
            answer.content = Content::Text("application/json", String::new());
        }
        Misbehaviour::NotJson => {
            answer.content = Content::Text("application/json", "upstream says: all is well".into());
        }
        _ => {
            if let Content::Json(envelope) = &mut answer.content {
                bend(envelope, how);
            }
        }
    }
}

fn bend(envelope: &mut Value, how: &Misbehaviour) {
    match how {
        Misbehaviour::StatusAsString => {
            for key in ["status", "success"] {
                if let Some(status) = envelope.get_mut(key) {
                    *status = Value::String(status.to_string());
                }
            }
        }
        Misbehaviour::DataNullAsString => envelope["data"] = json!("null"),
        Misbehaviour::SuccessWithoutTokens => {
            *envelope =
                json!({"status": true, "message": "SUCCESS", "errorcode": "", "data": null});
        }
        Misbehaviour::TokenWithBearer => {
            if let Some(Value::String(jwt)) = envelope.pointer_mut("/data/jwtToken") {
                jwt.insert_str(0, "Bearer ");
            }
        }
        Misbehaviour::WrongTypes => strings_to_numbers(envelope),
        Misbehaviour::ListsAsArrays => {
            for list in ["/data/exchanges", "/data/products"] {
                if let Some(list) = envelope.pointer_mut(list)
                    && let Some(array) = list
                        .as_str()
                        .and_then(|quoted| serde_json::from_str(quoted).ok())
                {
                    *list = array;
                }
            }
        }
        _ => {}
    }
}

fn strings_to_numbers(value: &mut Value) {
    match value {
        Value::String(text) => *value = json!(text.len()),
        Value::Object(fields) => fields.values_mut().for_each(strings_to_numbers),
        _ => {}
    }
}
