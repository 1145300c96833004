//! Sources to read, one by one; what was found in those of one request together;
//! and what took too long.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Core, Input, vault_desk};
use crate::engine::reader::{self, Outcome, ReadError};
use crate::engine::source::{Brought, Source};
use crate::engine::state::{Capture, Count};
use crate::engine::{Event, RequestId};
use crate::qr::{Deadline, QrError};
use crate::secret::Secret;
use crate::vault::VaultError;

/// A reading ends itself at its deadline. One that does not is left behind then.
const GRACE: Duration = Duration::from_secs(1);

/// One source in the queue.
struct Job {
    request: RequestId,
    source: Source,
    password: Option<Secret>,
    /// The place, in its batch, of the crowd that it is one of.
    crowd: Option<usize>,
}

/// Many sources of which most may be nothing: a folder's files, the screens.
struct Crowd {
    name: String,
    looked_at: usize,
    found: usize,
    nothing: fn(usize) -> ReadError,
}

/// The sources of one request, answered together.
struct Batch {
    request: RequestId,
    left: usize,
    brought: Vec<Brought>,
    crowds: Vec<Crowd>,
    /// Something in it holds parts of an export.
    new_parts: bool,
}

/// What is being read.
struct Running {
    request: RequestId,
    name: String,
    crowd: Option<usize>,
    /// Tells this reading from one that was given up on.
    number: u64,
    ends: Deadline,
    late_at: Instant,
    late: ReadError,
}

#[derive(Default)]
pub struct Desk {
    queue: std::collections::VecDeque<Job>,
    running: Option<Running>,
    batches: Vec<Batch>,
    next_number: u64,
    /// The parts of an export that came so far, also with earlier requests.
    parts: Vec<Secret>,
    /// A picture of the screen that is being taken.
    pub(super) capturing: Option<(RequestId, oneshot::Sender<()>)>,
    /// Kunji's own window has to be out of the way of it.
    pub(super) uncovered: bool,
    /// Done and all of what there is to do.
    count: Count,
}

impl Desk {
    pub const fn count(&self) -> Count {
        self.count
    }

    pub fn capture(&self) -> Capture {
        match &self.capturing {
            None => Capture::None,
            Some(_) if self.uncovered => Capture::Uncovered,
            Some(_) => Capture::Asking,
        }
    }

    /// The whole screen is about to be taken.
    pub fn uncover(&mut self, request: RequestId) {
        let capturing = self.capturing.as_ref();
        self.uncovered |= capturing.is_some_and(|(mine, _)| *mine == request);
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.running.as_ref().map(|running| running.late_at)
    }

    pub fn forget_parts(&mut self) {
        self.parts.clear();
    }

    /// Drops everything, secrets included.
    pub fn forget(&mut self) {
        if let Some(running) = self.running.take() {
            running.ends.give_up();
        }
        *self = Self {
            next_number: self.next_number,
            ..Self::default()
        };
    }

    fn batch(&mut self, request: RequestId) -> Option<&mut Batch> {
        self.batches
            .iter_mut()
            .find(|batch| batch.request == request)
    }
}

impl Core {
    pub(super) fn read(
        &mut self,
        request: RequestId,
        sources: Vec<Source>,
        password: Option<&Secret>,
    ) {
        if self.reading.batch(request).is_none() {
            self.reading.batches.push(Batch {
                request,
                left: 0,
                brought: Vec::new(),
                crowds: Vec::new(),
                new_parts: false,
            });
        }
        for source in sources {
            self.enqueue(request, source, password.cloned(), None);
        }
        self.finish_batch(request);
        self.read_next();
    }

    /// Sources of which most may be nothing; `nothing` tells so of that many.
    pub(super) fn read_crowd(
        &mut self,
        request: RequestId,
        name: &str,
        nothing: fn(usize) -> ReadError,
        sources: Vec<Source>,
    ) {
        self.reading.batches.push(Batch {
            request,
            left: 0,
            brought: Vec::new(),
            crowds: vec![Crowd {
                name: name.to_owned(),
                looked_at: 0,
                found: 0,
                nothing,
            }],
            new_parts: false,
        });
        for source in sources {
            self.enqueue(request, source, None, Some(0));
        }
        self.finish_batch(request);
        self.read_next();
    }

    fn enqueue(
        &mut self,
        request: RequestId,
        source: Source,
        password: Option<Secret>,
        crowd: Option<usize>,
    ) {
        if let Some(batch) = self.reading.batch(request) {
            batch.left += 1;
        }
        self.reading.count.all += 1;
        self.reading.queue.push_back(Job {
            request,
            source,
            password,
            crowd,
        });
    }

    /// One at a time: the deadline of each runs from its own start.
    fn read_next(&mut self) {
        if self.reading.running.is_some() {
            return;
        }
        let Some(job) = self.reading.queue.pop_front() else {
            self.reading.count = Count::default();
            return;
        };
        let patience = reader::patience(job.password.as_ref());
        let ends = Deadline::after(patience);
        let late = match job.password {
            Some(_) => ReadError::Timeout,
            None => ReadError::Qr(QrError::TooLong),
        };
        self.reading.next_number += 1;
        let number = self.reading.next_number;
        self.reading.running = Some(Running {
            request: job.request,
            name: job.source.name(),
            crowd: job.crowd,
            number,
            ends: ends.clone(),
            late_at: Instant::now() + patience + GRACE,
            late,
        });
        let send = self.outside.sender();
        let spawned = reader::spawn(move || {
            let outcome = reader::read(&job.source, job.password.as_ref(), &ends);
            send(Input::Read(number, outcome));
        });
        if spawned.is_err() {
            self.end_running(Some(ReadError::NoThread));
        }
    }

    pub(super) fn was_read(&mut self, number: u64, outcome: Outcome) {
        // One that was given up on has had its answer.
        let running = &mut self.reading.running;
        let Some(running) = running.take_if(|running| running.number == number) else {
            return;
        };
        self.take_outcome(&running, outcome);
        self.read_next();
    }

    /// The one that is being read gets `error` for an answer, or that it took too long.
    fn end_running(&mut self, error: Option<ReadError>) {
        if let Some(running) = self.reading.running.take() {
            running.ends.give_up();
            let error = error.unwrap_or_else(|| running.late.clone());
            let failed = Brought::failed(running.name.as_str(), error);
            self.take_outcome(&running, Outcome::Read(Box::new(failed), Vec::new()));
        }
        self.read_next();
    }

    fn take_outcome(&mut self, running: &Running, outcome: Outcome) {
        self.reading.count.done += 1;
        let request = running.request;
        let Some(batch) = self.reading.batch(request) else {
            return;
        };
        batch.left -= 1;
        match outcome {
            Outcome::Read(brought, parts) => {
                if let (Some(path), Some(digest)) = (&brought.path, brought.digest) {
                    self.digests.insert(path.clone(), digest);
                }
                let crowd = running.crowd.and_then(|crowd| batch.crowds.get_mut(crowd));
                let meant = crowd.is_none_or(|crowd| {
                    crowd.looked_at += 1;
                    let meant = reader::is_meant(&brought);
                    crowd.found += usize::from(meant);
                    meant
                });
                if meant {
                    batch.brought.push(*brought);
                }
                batch.new_parts |= !parts.is_empty();
                let new = parts.into_iter();
                let known = std::mem::take(&mut self.reading.parts);
                self.reading.parts = known.into_iter().chain(new).collect();
            }
            Outcome::Files { paths, folder } => {
                let crowd = folder.then(|| {
                    batch.crowds.push(Crowd {
                        name: running.name.clone(),
                        looked_at: 0,
                        found: 0,
                        nothing: ReadError::NothingInFolder,
                    });
                    batch.crowds.len() - 1
                });
                for path in paths {
                    self.enqueue(request, Source::File(path), None, crowd);
                }
            }
        }
        self.finish_batch(request);
    }

    fn finish_batch(&mut self, request: RequestId) {
        let Some(at) = (self.reading.batches.iter())
            .position(|batch| batch.request == request && batch.left == 0)
        else {
            return;
        };
        let batch = self.reading.batches.remove(at);
        let mut brought = batch.brought;
        for crowd in batch.crowds.iter().filter(|crowd| crowd.found == 0) {
            let error = (crowd.nothing)(crowd.looked_at);
            brought.push(Brought::failed(crowd.name.as_str(), error));
        }
        if batch.new_parts {
            brought.push(Brought::export(&self.reading.parts));
        }
        self.tell(Event::Read { request, brought });
    }

    /// What of it is read already is dropped; no answer comes.
    pub(super) fn cancel_reading(&mut self, request: RequestId) {
        let desk = &mut self.reading;
        desk.batches.retain(|batch| batch.request != request);
        let queued = desk.queue.len();
        desk.queue.retain(|job| job.request != request);
        desk.count.all -= queued - desk.queue.len();
        let capturing = &mut desk.capturing;
        drop(capturing.take_if(|(capturing, _)| *capturing == request));
        let running = &mut desk.running;
        if let Some(running) = running.take_if(|running| running.request == request) {
            running.ends.give_up();
            desk.count.done += 1;
        }
        self.read_next();
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let reading = self.reading.deadline();
        reading.into_iter().chain(self.vault.deadline()).min()
    }

    pub(super) fn give_up_on_the_late(&mut self) {
        let now = Instant::now();
        if self.reading.deadline().is_some_and(|late| late <= now) {
            // Its thread is left behind; the next source gets one of its own.
            self.end_running(None);
        }
        for asked in self.vault.give_up_on_the_late(now) {
            self.vault_done(asked, vault_desk::Done::Failed(VaultError::Timeout));
        }
    }
}
