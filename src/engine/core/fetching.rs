//! What Kunji fetches itself to be read: a picture of the screen, the clipboard;
//! and what may go to the trash afterwards.

use std::path::PathBuf;

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::{Core, Input};
use crate::engine::clipboard::{ClipboardError, Pasted};
use crate::engine::reader::{self, ReadError};
use crate::engine::source::{Brought, PASTED_TEXT, Source};
use crate::engine::{Event, RequestId, trash};
use crate::screen::{self, Captured, ScreenError, Shot, Surroundings, Waits};

impl Core {
    pub(super) fn read_screen(&mut self, request: RequestId) {
        let (cancel, cancelled) = oneshot::channel();
        let send = self.outside.sender();
        let spawned = reader::spawn(move || {
            let uncover = || send(Input::Uncover(request));
            let around = Surroundings::from_env();
            let shots = screen::capture(&around, &Waits::default(), cancelled, &uncover);
            send(Input::Captured(request, shots));
        });
        if spawned.is_ok() {
            self.reading.capturing = Some((request, cancel));
            self.reading.uncovered = false;
        } else {
            self.captured(request, Err(ScreenError::NoThread));
        }
    }

    pub(super) fn captured(&mut self, request: RequestId, taken: Result<Captured, ScreenError>) {
        let mine = |capturing: &mut (RequestId, _)| capturing.0 == request;
        let was_waited_for = self.reading.capturing.take_if(mine).is_some();
        match taken {
            Ok(captured) => {
                if let Some(path) = captured.left_behind {
                    self.tell(Event::LeftBehind(path));
                }
                if was_waited_for {
                    self.read_shots(request, captured.shots);
                }
            }
            Err(error) if was_waited_for || error == ScreenError::NoThread => {
                let brought = vec![Brought::failed("The screen", error.into())];
                self.tell(Event::Read { request, brought });
            }
            Err(_) => {}
        }
    }

    fn read_shots(&mut self, request: RequestId, shots: Vec<Shot>) {
        let source = |shot| {
            let name = "the screen".to_owned();
            match shot {
                Shot::Pixels {
                    width,
                    height,
                    rgba,
                } => Source::Pixels {
                    name,
                    width,
                    height,
                    rgba,
                },
                Shot::Encoded(bytes) => Source::Bytes { name, bytes },
            }
        };
        let sources = shots.into_iter().map(source).collect();
        self.read_crowd(
            request,
            "The screen",
            |_| ReadError::NothingOnScreen,
            sources,
        );
    }

    pub(super) fn read_clipboard(&mut self, request: RequestId) {
        let send = self.outside.sender();
        self.clipboard
            .paste(move |pasted| send(Input::Pasted(request, pasted)));
    }

    pub(super) fn pasted(&mut self, request: RequestId, pasted: Result<Pasted, ClipboardError>) {
        let sources = match pasted {
            Ok(Pasted::Files(paths)) => paths.into_iter().map(Source::File).collect(),
            Ok(Pasted::Text(text)) => vec![Source::text(PASTED_TEXT, text)],
            Ok(Pasted::Picture {
                width,
                height,
                rgba,
            }) => vec![Source::Pixels {
                name: "the pasted picture".to_owned(),
                width,
                height,
                rgba: Zeroizing::new(rgba),
            }],
            Err(error) => {
                let brought = vec![Brought::failed("The clipboard", error.into())];
                return self.tell(Event::Read { request, brought });
            }
        };
        self.read(request, sources, None);
    }

    pub(super) fn trash(&mut self, paths: Vec<PathBuf>) {
        let send = self.outside.sender();
        let jobs: Vec<_> = paths
            .iter()
            .map(|path| (path.clone(), self.digests.get(path).copied()))
            .collect();
        let spawned = reader::spawn(move || {
            let trash = |(path, read): (PathBuf, Option<_>)| {
                let result = trash::read_to_trash(&path, read.as_ref());
                (path, result)
            };
            send(Input::Trashed(jobs.into_iter().map(trash).collect()));
        });
        if spawned.is_err() {
            let failed = |path| (path, Err(trash::TrashError::NoThread));
            let results = paths.into_iter().map(failed).collect();
            self.tell(Event::Trashed(results));
        }
    }
}
