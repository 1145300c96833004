//! The keyring's request for its password: the real one, `gcr-prompter`, in a window of its own.
//!
//! While it is open it has the keyboard to itself, so a test can type nowhere else.

use zbus::zvariant::OwnedObjectPath;

use super::{
    Desktop, Window,
    accessibility::{Any, App, Role, State},
    bus,
    keyring::{SECRETS, SERVICE, SERVICE_PATH},
    wait::wait_for,
};

const PROMPT: &str = "org.freedesktop.Secret.Prompt";
const PROGRAM: &str = "gcr-prompter";

/// What came of an answer to the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Answer {
    Accepted,
    /// The prompt is still there and asks again.
    Refused,
}

impl Desktop {
    /// Asks the keyring to open, as a program does that needs a secret; it asks for its password then.
    pub fn ask_to_unlock(&self) {
        let collection = self.default_collection().expect("a default collection");
        let bus = self.session_bus();
        let body = &(vec![collection],);
        let (_, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            bus::call(bus, SECRETS, SERVICE_PATH, SERVICE, "Unlock", body)
                .expect("the keyring makes a prompt");
        assert_ne!(prompt.as_str(), "/", "the keyring is open already");
        let () = bus::call(bus, SECRETS, &prompt, PROMPT, "Prompt", &("",))
            .expect("the keyring shows its prompt");
    }

    /// Waits until the keyring asks for its password, and returns what the window shows.
    #[track_caller]
    pub fn prompt(&self) -> App {
        self.prompt_window();
        self.app_named(PROGRAM)
    }

    pub fn prompt_is_open(&self) -> bool {
        self.windows().iter().any(is_prompt)
    }

    /// Types a password into the prompt, twice if it is for a new keyring.
    #[track_caller]
    pub fn answer_prompt(&self, password: &str) -> Answer {
        let window = self.prompt_window();
        let prompt = self.ready_prompt();
        let fields = prompt.find_all(Role::PasswordText, Any);
        for number in 0..fields.len() {
            if number > 0 {
                self.key("tab");
            }
            self.type_text(password);
        }
        for field in &fields {
            field.expect_text(password);
        }
        self.key("enter");
        wait_for("the keyring to judge the password", || {
            if self.windows().iter().all(|other| other.id != window.id) {
                return Some(Answer::Accepted);
            }
            // It empties its fields to ask again, but also while it closes.
            let empty = fields
                .iter()
                .all(|field| field.try_text().is_some_and(|text| text.is_empty()));
            (empty && is_ready(&prompt)).then_some(Answer::Refused)
        })
    }

    /// Closes the prompt as a person does who does not want to answer, with Escape.
    #[track_caller]
    pub fn dismiss_prompt(&self) {
        let window = self.prompt_window();
        self.ready_prompt();
        self.key("escape");
        self.window_gone(&window);
    }

    /// Waits until what is typed arrives in the prompt.
    #[track_caller]
    fn ready_prompt(&self) -> App {
        let prompt = self.prompt();
        wait_for("the prompt to take the keyboard", || {
            is_ready(&prompt).then_some(())
        });
        prompt
    }

    #[track_caller]
    fn prompt_window(&self) -> Window {
        self.window("of the keyring's prompt", is_prompt)
    }
}

fn is_ready(prompt: &App) -> bool {
    prompt
        .find_all(Role::PasswordText, Any)
        .iter()
        .any(|field| field.has(State::Focused))
}

fn is_prompt(window: &Window) -> bool {
    window.class.starts_with(PROGRAM)
}
