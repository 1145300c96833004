//! Answers that come from in front of the backend, which then never sees the request.

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use serde_json::json;

use super::answers::{self, Answer, Content};
use super::misbehaviour::Misbehaviour;

/// What is said instead of asking the backend; None for the misbehaviours that let it work.
pub(super) fn of_the_backend(how: &Misbehaviour) -> Option<Answer> {
    Some(match how {
        Misbehaviour::RateLimited403Text => answers::rate_limited(),
        Misbehaviour::RateLimitedJson200 => answers::refusal("AB1021", "Too many requests"),
        Misbehaviour::RateLimited429 => {
            answers::plain(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests")
        }
        Misbehaviour::FirewallHtml => {
            let body = "The requested URL was rejected. Please consult with your administrator.<br><br>\
                        Your support ID is: 1234567890123456789<br><br>\
                        <a href='javascript:history.back();'>[Go Back]</a>";
            answers::html(StatusCode::OK, "Request Rejected", body)
        }
        Misbehaviour::Forbidden403Html => page(StatusCode::FORBIDDEN, "403 Forbidden"),
        Misbehaviour::Empty400 => answers::plain(StatusCode::BAD_REQUEST, ""),
        Misbehaviour::Html500 => page(
            StatusCode::INTERNAL_SERVER_ERROR,
            "500 Internal Server Error",
        ),
        Misbehaviour::Html200 => page(StatusCode::OK, "Scheduled maintenance"),
        Misbehaviour::ServerError503 => {
            answers::plain(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
        }
        Misbehaviour::NoStatus => {
            let mut answer = answers::gateway("", "Invalid Token");
            answer.content = Content::Json(json!({"message": "Invalid Token", "errorcode": ""}));
            answer
        }
        Misbehaviour::Redirect(to) => {
            answers::plain(StatusCode::TEMPORARY_REDIRECT, "").with(LOCATION, to)
        }
        Misbehaviour::Gateway { code, message } => answers::gateway(code, message),
        Misbehaviour::Refuse { code, message } => answers::refusal(code, message),
        _ => return None,
    })
}

fn page(status: StatusCode, title: &str) -> Answer {
    answers::html(status, title, &format!("<h1>{title}</h1>"))
}
