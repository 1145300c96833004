//! CSV of password managers: three of its columns matter, the rest (passwords
//! among them) is passed over.

use super::entry::{Gathered, Label, MAX_ENTRIES, make_from_text};
use super::{Format, ImportError, Imported};

/// Where the three columns are.
pub struct Table {
    width: usize,
    issuer: usize,
    name: usize,
    totp: usize,
}

impl Table {
    /// `columns`: issuer, name, TOTP. `Ok(None)` where one of them is missing.
    pub fn read(
        text: &str,
        columns: [&str; 3],
        format: Format,
    ) -> Result<Option<Imported>, ImportError> {
        let damaged = || ImportError::Damaged(format);
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        // The library's errors quote the row: they are dropped.
        let headers = reader.headers().map_err(|_| damaged())?;
        let find = |column: &str| headers.iter().position(|h| h.trim() == column);
        let [Some(issuer), Some(name), Some(totp)] = columns.map(find) else {
            return Ok(None);
        };
        let width = headers.len();
        let table = Self {
            width,
            issuer,
            name,
            totp,
        };
        let mut gathered = Gathered::default();
        let mut found = 0;
        for (number, row) in (1..).zip(reader.records()) {
            let place = format!("Entry {number}");
            match row.ok().and_then(|row| table.entry(&row)) {
                None => gathered.add(&place, (Label::default(), Err(ImportError::Entry))),
                Some((_, totp)) if totp.trim().is_empty() => continue,
                Some((label, totp)) => gathered.add(&place, make_from_text(&totp, label)),
            }
            found += 1;
            if found > MAX_ENTRIES {
                return Err(ImportError::TooMany(MAX_ENTRIES));
            }
        }
        gathered.some_of(format).map(Some)
    }

    /// A row of another width has its values in wrong columns: nothing of it is
    /// used, not even as a name.
    fn entry(&self, row: &csv::StringRecord) -> Option<(Label, String)> {
        if row.len() != self.width {
            return None;
        }
        let issuer = row.get(self.issuer)?.trim();
        let label = Label {
            issuer: (!issuer.is_empty()).then(|| issuer.to_owned()),
            name: row.get(self.name)?.trim().to_owned(),
        };
        Some((label, row.get(self.totp)?.to_owned()))
    }
}
