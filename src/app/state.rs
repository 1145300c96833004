//! What the window holds besides the engine's snapshot.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::form::Form;
use super::logic::PasteKeys;
use super::preview::Preview;
use super::widgets::Meaning;
use crate::account::AccountId;
use crate::engine::{RequestId, Source};
use crate::secret::Secret;

/// What is on screen, as far as the vault is open.
#[derive(Default)]
pub enum Screen {
    /// The accounts; or, where there are none, the first start.
    #[default]
    Home,
    /// Bringing one more QR code; or a new one for an account there is.
    Bring {
        replacing: Option<AccountId>,
    },
    /// Typing the token number.
    Token {
        text: Secret,
        replacing: Option<AccountId>,
    },
    /// What was brought, to be ticked and imported.
    Preview,
    Form(Box<Form>),
    /// The third step: what came of the test login.
    Tested(AccountId),
}

/// A question that stands over the screen.
pub enum Question {
    Delete {
        id: AccountId,
        name: String,
    },
    /// Leaving a form in which something was entered.
    Discard,
}

/// Something to be said in passing.
pub struct Notice {
    pub meaning: Meaning,
    pub title: String,
    pub text: String,
    pub until: Option<Instant>,
}

impl Notice {
    pub fn passing(meaning: Meaning, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            meaning,
            title: title.into(),
            text: text.into(),
            until: Some(Instant::now() + Duration::from_secs(6)),
        }
    }

    /// Stays until it is closed: an error must not vanish unread.
    pub fn lasting(meaning: Meaning, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            meaning,
            title: title.into(),
            text: text.into(),
            until: None,
        }
    }
}

/// Files that hold a secret which is saved now: to be deleted?
#[derive(Default)]
pub struct Leftover {
    pub files: Vec<PathBuf>,
    /// They hold something that was not understood, too.
    pub is_more_in_files: bool,
}

impl Leftover {
    /// Of earlier ones the question is still to be answered.
    pub fn ask(&mut self, files: Vec<PathBuf>, is_more_in_files: bool) {
        self.files.extend(files);
        self.files.sort();
        self.files.dedup();
        self.is_more_in_files |= is_more_in_files;
    }
}

/// What a screen asks for. Screens change nothing themselves.
#[derive(Clone, Copy)]
pub enum Action {
    OpenVault,
    Lock,
    ChooseFile,
    Paste,
    TypeToken,
    ReadToken,
    /// A corrected reading of what was typed, by its place among them.
    UseCorrection(usize),
    Capture,
    CancelReading,
    OpenPage(&'static str),
    Bring,
    GoHome,
    /// Leave the form; asks where something would be lost.
    Leave,
    Discard,
    /// Enter what else a row of the preview needs.
    UseRow(usize),
    Import,
    CancelImport,
    OpenLocked(usize),
    SkipLocked(usize),
    /// What was imported from may go to the trash.
    Trash,
    KeepFiles,
    SaveForm {
        then_log_in: bool,
    },
    ReplaceCode(AccountId),
    Edit(AccountId),
    AskDelete(AccountId),
    Delete(AccountId),
    CloseQuestion,
    CloseNotice,
    LogIn(AccountId),
    LogInAll,
    CancelLogIn(AccountId),
    LogOut(AccountId),
    Copy(AccountId),
}

/// The window's own state.
#[derive(Default)]
pub struct State {
    pub screen: Screen,
    pub question: Option<Question>,
    /// When the question came up: the click that asked it must not answer it.
    pub asked_at: Option<Instant>,
    pub notice: Option<Notice>,
    pub search: String,
    pub preview: Preview,
    pub leftover: Leftover,
    /// What the window waits to have read.
    pub reading: Vec<RequestId>,
    pub next_request: RequestId,
    /// What other programs opened with Kunji and it has not taken yet.
    pub opened: Vec<Source>,
    /// How many an import was to save that was stopped by locking.
    pub stopped_import: Option<usize>,
    /// The file dialog is open.
    pub choosing: bool,
    /// The window is out of the way of a picture of the screen.
    pub hidden: bool,
    pub paste_keys: PasteKeys,
}

impl State {
    pub fn ask(&mut self, question: Question) {
        self.question = Some(question);
        self.asked_at = Some(Instant::now());
    }

    /// Whether a person can have read the question.
    pub fn question_is_read(&self) -> bool {
        const READING: Duration = Duration::from_millis(500);
        self.asked_at.is_none_or(|asked| asked.elapsed() >= READING)
    }

    pub fn new_request(&mut self) -> RequestId {
        self.next_request += 1;
        self.next_request
    }
}
