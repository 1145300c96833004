//! Kunji: a desktop credential manager for people who trade through AngelOne's
//! SmartAPI. The map of the house, lowest floor first; `tests/floors.rs` holds
//! who may know whom.

pub mod secret; // text that is never printed and is wiped when dropped

pub mod account; // the nouns: account, credentials, session
pub mod clock; // the time, and the time as the broker sees it
pub mod otp; // what a code is; otpauth URIs

pub mod broker; // what a broker can be asked; AngelOne's wire
pub mod import; // whatever a person brings -> drafts and errors
pub mod qr; // picture -> texts
pub mod screen; // a picture of the screen, for the code shown there
pub mod vault; // where credentials live, and the thread that owns it

pub mod engine; // what a person can ask for, what comes back, and the threads that do it
pub mod login; // when a code may be sent, and when no more

#[cfg(feature = "gui")]
pub mod app; // the window
pub mod cli; // the command line, one file per subcommand
