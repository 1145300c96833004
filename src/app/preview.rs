//! What was brought and is neither saved nor turned down: the codes with a tick
//! each, what wants a password, and what could not be read.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use egui::TextureHandle;

use super::widgets::shortened;
use crate::account::{Account, AccountId};
use crate::engine::{Brought, Draft, RequestId, Shown, Snapshot, Source};
use crate::secret::Secret;

/// Whether a code is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    New,
    /// Under this name.
    Saved(String),
    /// Under this name, but with other digits, period or algorithm.
    Differs(String),
    /// Further up in this list.
    Twice,
}

pub struct Row {
    pub draft: Draft,
    /// What saving it makes; its id is what tells rows apart.
    pub account: Account,
    pub source: String,
    /// The file that it was read from.
    pub file: Option<PathBuf>,
    pub picture: Option<usize>,
    pub known: Known,
    pub ticked: bool,
    is_export: bool,
}

/// An encrypted backup.
pub struct Locked {
    pub source: Source,
    pub name: String,
    /// What it says, in the reader's words.
    pub text: String,
    pub password: Secret,
    pub shown: bool,
    /// Being opened.
    pub opening: Option<RequestId>,
    /// The password did not open it.
    pub failed: bool,
}

pub struct Problem {
    /// Nothing of the source could be read: told before single entries.
    whole: bool,
    pub source: String,
    pub text: String,
    file: Option<PathBuf>,
    is_export: bool,
}

/// A picture that codes were found in.
pub struct Picture {
    pub name: String,
    pub shown: Shown,
    pub texture: Option<TextureHandle>,
}

#[derive(Default)]
pub struct Preview {
    pub rows: Vec<Row>,
    pub locked: Vec<Locked>,
    pub problems: Vec<Problem>,
    pub pictures: Vec<Picture>,
    /// The person wants to see all problems.
    pub all_problems: bool,
    /// The account that one of these codes is for.
    pub replacing: Option<AccountId>,
    pub importing: Option<RequestId>,
    /// How many are to be saved by that.
    pub asked: usize,
    /// Those that hold the parts of an export.
    export_files: Vec<PathBuf>,
}

impl Preview {
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.locked.is_empty() && self.problems.is_empty()
    }

    /// The one code that was brought, where no more of it is to come.
    pub fn only_row(&self) -> Option<&Row> {
        // What is missing of an export joins this list, and is said there.
        let is_export = self.problems.iter().any(|problem| problem.is_export);
        match (self.rows.as_slice(), self.locked.is_empty()) {
            ([row], true) if !is_export => Some(row),
            _ => None,
        }
    }

    /// Adds what was brought to what is here.
    pub fn take(&mut self, brought: Vec<Brought>, snapshot: &Snapshot) {
        // The export as it was before its new parts.
        if brought.iter().any(|brought| brought.is_export) {
            self.rows.retain(|row| !row.is_export);
            self.problems.retain(|problem| !problem.is_export);
        }
        for brought in brought {
            self.take_one(brought);
        }
        self.problems.sort_by_key(|problem| !problem.whole);
        self.compare(snapshot);
    }

    fn take_one(&mut self, brought: Brought) {
        let Brought {
            name,
            path,
            result,
            picture,
            digest: _,
            locked,
            has_parts,
            is_export,
        } = brought;
        let name = shortened(&name);
        // A backup that is opened, or tried again, is not waited for any more.
        if let Some(path) = &path {
            self.locked
                .retain(|locked| locked.source.path() != Some(path));
        }
        if has_parts {
            self.export_files.extend(path.clone());
        }
        let picture = picture.map(|shown| {
            self.pictures.push(Picture {
                name: name.clone(),
                shown,
                texture: None,
            });
            self.pictures.len() - 1
        });
        let problem = |text: String| Problem {
            whole: is_export,
            source: name.clone(),
            text,
            file: path.clone(),
            is_export,
        };
        match (result, locked) {
            (Ok(imported), _) => {
                let problems = imported.errors.iter();
                self.problems
                    .extend(problems.map(|error| problem(error.to_string())));
                self.rows.extend(imported.drafts.into_iter().map(|draft| {
                    let account = draft.account();
                    Row {
                        draft,
                        account,
                        source: name.clone(),
                        file: path.clone(),
                        picture,
                        known: Known::New,
                        ticked: true,
                        is_export,
                    }
                }));
            }
            (Err(error), Some(source)) => self.locked.push(Locked {
                source,
                name: name.clone(),
                text: error.to_string(),
                password: Secret::default(),
                shown: false,
                opening: None,
                failed: false,
            }),
            (Err(error), None) => self.problems.push(Problem {
                whole: true,
                ..problem(error.to_string())
            }),
        }
    }

    /// Notes what is there already. That is not ticked, but can be.
    pub fn compare(&mut self, snapshot: &Snapshot) {
        let accounts = snapshot.accounts.iter().map(|view| &view.account);
        let mut saved: HashMap<&str, Vec<&Account>> = HashMap::new();
        for account in accounts {
            let secret = account.otp.secret().expose();
            saved.entry(secret).or_default().push(account);
        }
        let mut seen = HashSet::new();
        let known: Vec<Known> = self
            .rows
            .iter()
            .map(|row| {
                let secret = row.draft.otp.secret().expose();
                let is_first = seen.insert(secret);
                match saved.get(secret) {
                    Some(there) => {
                        let same = there.iter().find(|account| account.otp == row.draft.otp);
                        match (same, there.first()) {
                            (Some(account), _) => Known::Saved(account.name().to_owned()),
                            (None, Some(account)) => Known::Differs(account.name().to_owned()),
                            (None, None) => Known::New,
                        }
                    }
                    None if is_first => Known::New,
                    None => Known::Twice,
                }
            })
            .collect();
        for (row, known) in self.rows.iter_mut().zip(known) {
            if known != row.known {
                row.ticked = known == Known::New;
                row.known = known;
            }
        }
    }

    /// The files that hold a row's secret.
    pub fn files_of(&self, row: &Row) -> Vec<PathBuf> {
        if row.is_export {
            return self.export_files.clone();
        }
        row.file.iter().cloned().collect()
    }

    /// Whether one of these files holds something that was not understood: it is
    /// nowhere else then.
    pub fn is_more_in(&self, files: &[PathBuf]) -> bool {
        self.problems.iter().any(|problem| {
            let held = problem.file.as_slice();
            let held = if problem.is_export {
                &self.export_files
            } else {
                held
            };
            held.iter().any(|file| files.contains(file))
        })
    }

    /// Whether leaving would lose what was worked on, or read with a password.
    pub fn is_worth_asking(&self) -> bool {
        let new = self.rows.iter().filter(|row| row.known == Known::New);
        new.count() > 1
    }

    pub fn ticked(&self) -> usize {
        self.rows.iter().filter(|row| row.ticked).count()
    }

    /// Ticked though they are here already.
    pub fn known(&self) -> Vec<AccountId> {
        let known = self.rows.iter().filter(|row| row.known != Known::New);
        known.map(|row| row.account.id).collect()
    }

    pub fn accounts(&self) -> Vec<Account> {
        let ticked = self.rows.iter().filter(|row| row.ticked);
        ticked.map(|row| row.account.clone()).collect()
    }

    /// Takes out what is saved, and gives the files of which nothing is left to save.
    pub fn saved(&mut self, ids: &[AccountId]) -> Vec<PathBuf> {
        let (saved, left): (Vec<Row>, Vec<Row>) = std::mem::take(&mut self.rows)
            .into_iter()
            .partition(|row| ids.contains(&row.account.id));
        self.rows = left;
        let secret = |row: &Row| row.draft.otp.secret().clone();
        let secrets: Vec<Secret> = saved.iter().map(secret).collect();
        // What is in several files is saved once, and all of them hold it.
        let is_saved = |row: &&Row| secrets.contains(row.draft.otp.secret());
        let same = self.rows.iter().filter(is_saved);
        let held = saved.iter().chain(same);
        let mut files: Vec<PathBuf> = held.flat_map(|row| self.files_of(row)).collect();
        files.sort();
        files.dedup();
        let is_wanted = |row: &&Row| !matches!(row.known, Known::Saved(_)) && !is_saved(row);
        let wanted = self.rows.iter().filter(is_wanted);
        let still_wanted: Vec<PathBuf> = wanted.flat_map(|row| self.files_of(row)).collect();
        files.retain(|file| !still_wanted.contains(file));
        files
    }

    /// Those of which a password is still wanted.
    /// What came of opening a backup: one that stays shut keeps its place.
    pub fn stays_locked(&mut self, request: RequestId, brought: &[Brought]) -> bool {
        let locked = self.locked.iter_mut();
        let mut mine = locked.filter(|locked| locked.opening == Some(request));
        let (
            Some(locked),
            [
                Brought {
                    result: Err(error),
                    locked: Some(_),
                    ..
                },
            ],
        ) = (mine.next(), brought)
        else {
            return false;
        };
        locked.opening = None;
        locked.failed = true;
        locked.text = error.to_string();
        locked.password = Secret::default();
        true
    }

    pub fn opened(&mut self, request: RequestId) {
        self.locked.retain(|locked| locked.opening != Some(request));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ImportError, Imported, ReadError};
    use crate::otp::Otp;

    fn draft(secret: &str, issuer: &str) -> Draft {
        Draft {
            otp: Otp::from_token_number(secret).unwrap(),
            issuer: Some(issuer.to_owned()),
            name: "asha".to_owned(),
            client_code: None,
        }
    }

    fn brought(name: &str, secrets: &[&str]) -> Brought {
        let drafts = secrets.iter().map(|secret| draft(secret, "GitHub"));
        let imported = Imported {
            drafts: drafts.collect(),
            errors: Vec::new(),
        };
        Brought {
            path: Some(PathBuf::from(name)),
            result: Ok(imported),
            ..Brought::failed(name, ReadError::NoThread)
        }
    }

    const A: &str = "KUNJIPREVIEWAANOTASECRET23";
    const B: &str = "KUNJIPREVIEWBBNOTASECRET23";

    /// What is there already is shown and not ticked, and never imported unasked.
    #[test]
    fn what_is_known_is_not_ticked() {
        let mut preview = Preview::default();
        preview.take(
            vec![brought("a.json", &[A, B]), brought("b.json", &[A])],
            &Snapshot::default(),
        );
        let known: Vec<_> = preview.rows.iter().map(|row| row.known.clone()).collect();
        assert_eq!(known, [Known::New, Known::New, Known::Twice]);
        assert_eq!(preview.ticked(), 2);
        // The person wants it all the same: comparing again leaves the tick alone.
        preview.rows[2].ticked = true;
        preview.compare(&Snapshot::default());
        assert_eq!(preview.accounts().len(), 3);
    }

    /// A file is offered to the trash once nothing new of it is left behind.
    #[test]
    fn a_file_goes_only_when_all_of_it_is_saved() {
        let mut preview = Preview::default();
        preview.take(vec![brought("a.json", &[A, B])], &Snapshot::default());
        let ids: Vec<_> = preview.rows.iter().map(|row| row.account.id).collect();
        assert_eq!(preview.saved(&ids[..1]), Vec::<PathBuf>::new());
        assert_eq!(preview.saved(&ids[1..]), [PathBuf::from("a.json")]);
        assert!(preview.rows.is_empty());
    }

    /// The same secret in two files: both hold it, also where one has more of it.
    #[test]
    fn all_files_of_a_secret_are_asked_for() {
        let mut preview = Preview::default();
        let files = vec![brought("a.json", &[A]), brought("b.json", &[A])];
        preview.take(files, &Snapshot::default());
        let first = preview.rows[0].account.id;
        let both = ["a.json", "b.json"].map(PathBuf::from);
        assert_eq!(preview.saved(&[first]), both);

        let mut preview = Preview::default();
        let files = vec![brought("a.json", &[A]), brought("b.json", &[A, B])];
        preview.take(files, &Snapshot::default());
        let first = preview.rows[0].account.id;
        assert_eq!(preview.saved(&[first]), [PathBuf::from("a.json")]);
    }

    /// A new part replaces what the export was without it.
    #[test]
    fn an_export_is_told_of_once() {
        let export = |secrets: &[&str], missing: bool| {
            let mut export = Brought {
                path: None,
                is_export: true,
                ..brought("the export", secrets)
            };
            if let (Ok(imported), true) = (&mut export.result, missing) {
                let error = ImportError::PartsMissing {
                    missing: vec![2],
                    of: 2,
                };
                imported.errors.push(error.into());
            }
            export
        };
        let mut preview = Preview::default();
        preview.take(vec![export(&[A], true)], &Snapshot::default());
        assert_eq!((preview.rows.len(), preview.problems.len()), (1, 1));
        preview.take(vec![export(&[A, B], false)], &Snapshot::default());
        assert_eq!((preview.rows.len(), preview.problems.len()), (2, 0));
    }
}
