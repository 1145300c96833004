//! Codes to copy, pictures and texts to read, and what took too long.

use std::time::Instant;

use super::{Core, Input, Reading, vault_desk};
use crate::account::AccountId;
use crate::clock::Clock as _;
use crate::engine::reader::{self, ReadError, Source};
use crate::engine::{Event, RequestId};
use crate::vault::VaultError;

impl Core {
    pub(super) fn copy_code(&mut self, id: AccountId) {
        let Some(view) = self.state.account(id) else {
            return self.tell(Event::NoSuchAccount(id));
        };
        let code = view.account.otp.code_at(self.clock.unix_secs());
        let send = self.outside.sender();
        self.clipboard.copy(code.into_secret(), move |result| {
            send(Input::Copied(id, result));
        });
    }

    pub(super) fn read(&mut self, request: RequestId, source: Source) {
        self.to_read.push_back((request, source));
        self.read_next();
    }

    /// One at a time: the deadline of each runs from its own start.
    pub(super) fn read_next(&mut self) {
        if self.reading.is_some() {
            return;
        }
        let Some((request, source)) = self.to_read.pop_front() else {
            return;
        };
        let name = source.name();
        let send = self.outside.sender();
        let job_name = name.clone();
        let spawned = reader::spawn(move || {
            let result = reader::read(&source);
            send(Input::Read(request, job_name, result));
        });
        if spawned.is_ok() {
            let deadline = Instant::now() + reader::DEADLINE;
            self.reading = Some(Reading {
                request,
                source: name,
                deadline,
            });
        } else {
            let result = Err(ReadError::NoThread);
            self.tell(Event::Read {
                request,
                source: name,
                result,
            });
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let reading = self.reading.as_ref().map(|reading| reading.deadline);
        reading.into_iter().chain(self.vault.deadline()).min()
    }

    pub(super) fn give_up_on_the_late(&mut self) {
        let now = Instant::now();
        if let Some(Reading {
            request, source, ..
        }) = self.reading.take_if(|reading| reading.deadline <= now)
        {
            // Its thread is left behind; the next picture gets one of its own.
            let result = Err(ReadError::Timeout);
            self.tell(Event::Read {
                request,
                source,
                result,
            });
            self.read_next();
        }
        for asked in self.vault.give_up_on_the_late(now) {
            self.vault_done(asked, vault_desk::Done::Failed(VaultError::Timeout));
        }
    }
}
