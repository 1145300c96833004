//! The desktop's own file dialog, on a thread of its own.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

/// What came of a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    Files(Vec<PathBuf>),
    Cancelled,
    /// Neither a portal nor zenity could show one.
    NoDialog,
}

/// No person closes a dialog so soon after it was asked for. The library tells
/// a dialog that could not be opened from one that was closed only in its log.
const FASTEST_PERSON: Duration = Duration::from_millis(250);

#[derive(Default)]
pub struct FileDialog {
    open: Option<Receiver<Picked>>,
}

impl FileDialog {
    /// Opens the dialog unless one is open.
    pub fn open(&mut self, ctx: &egui::Context) {
        if self.open.is_some() {
            return;
        }
        // macOS wants the dialog made on the window's thread; it then runs by itself.
        // Without filters: a name says little, and what a file holds is found out.
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Choose the picture of the QR code")
            .pick_files();
        let (sender, receiver) = sync_channel(1);
        let ctx = ctx.clone();
        let waiting = move || {
            let asked = Instant::now();
            let picked = match pollster::block_on(dialog) {
                Some(files) if !files.is_empty() => Picked::Files(
                    files
                        .into_iter()
                        .map(|file| file.path().to_owned())
                        .collect(),
                ),
                _ if asked.elapsed() < FASTEST_PERSON => Picked::NoDialog,
                _ => Picked::Cancelled,
            };
            let _ = sender.send(picked);
            ctx.request_repaint();
        };
        let spawned = std::thread::Builder::new()
            .name("kunji-dialog".into())
            .spawn(waiting);
        self.open = spawned.is_ok().then_some(receiver);
    }

    /// What was picked, once.
    pub fn picked(&mut self) -> Option<Picked> {
        let picked = match self.open.as_ref()?.try_recv() {
            Ok(picked) => picked,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Picked::NoDialog,
        };
        self.open = None;
        Some(picked)
    }

    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }
}
