//! The state file: a header and frames, each with a checksum. The first frames are a whole state, later ones changes.
//!
//! A frame that was written only partly, because the process was killed, is cut off by the next start. Changes go to the
//! file as they happen; a long file is replaced by a new one that begins with the current state.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use fs4::FileExt;
use ovirt_sdk::Error;

/// The first line of a file. The number is the version of the format.
const HEADER: &[u8] = b"ovirt-fake-engine state 3\n";
/// The length of the line before each frame: `=`, the length in 10 digits, the checksum in 8, and separators.
const FRAME_HEADER: usize = 21;
/// A file with less changes is not replaced.
const LEAST_CHANGES: u64 = 4 << 20;

/// The state file of a running engine, which no other engine can use.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    _lock: Lock,
    /// The length of the complete frames.
    length: u64,
    /// Whether the file may have a part of a frame behind them.
    is_torn: bool,
    /// The length at which the file is replaced.
    longest: u64,
}

/// The lock on a state file. The operating system releases it when the process ends.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "closing the file releases the lock")] File);

/// What was read of a file.
pub(super) struct Contents {
    /// The length of the complete frames.
    complete: u64,
    /// The length of the part of a frame behind them.
    torn: u64,
}

/// Writes frames.
pub(super) type Sink<'a> = dyn FnMut(&str) -> Result<(), Error> + 'a;

impl Lock {
    /// Locks a state file.
    pub(super) fn acquire(path: &Path) -> Result<Self, Error> {
        let beside = beside(path, ".lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&beside);
        let file = file.map_err(|error| failed("lock", path, &error))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Self(file)),
            Err(fs4::TryLockError::WouldBlock) => {
                Err(Error::custom(format!("the state file `{}` is in use by another fake engine", path.display())))
            }
            Err(fs4::TryLockError::Error(error)) => Err(failed("lock", path, &error)),
        }
    }

    /// Locks a file that no engine keeps its state in. Without a lock file, none does.
    pub(super) fn acquire_existing(path: &Path) -> Result<Option<Self>, Error> {
        beside(path, ".lock").exists().then(|| Self::acquire(path)).transpose()
    }
}

impl Journal {
    /// Continues a file that was read. Cuts off what is incomplete, and says so.
    pub(super) fn resume(path: &Path, lock: Lock, contents: &Contents) -> Result<(Self, Option<String>), Error> {
        let file = OpenOptions::new().append(true).open(path).map_err(|error| failed("open", path, &error))?;
        let problem = (contents.torn > 0).then(|| {
            format!(
                "the state file `{}` ended with {} bytes of an incomplete change; they were cut off",
                path.display(),
                contents.torn
            )
        });
        if problem.is_some() {
            file.set_len(contents.complete).map_err(|error| failed("shorten", path, &error))?;
        }
        let longest = contents.complete.saturating_mul(2).max(LEAST_CHANGES);
        let length = contents.complete;
        Ok((Self { path: path.to_owned(), file, _lock: lock, length, is_torn: false, longest }, problem))
    }

    /// Creates a file with a whole state, or replaces it.
    pub(super) fn create(
        path: &Path,
        lock: Lock,
        write: impl FnOnce(&mut Sink<'_>) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let (file, length) = replace(path, write)?;
        let longest = length.saturating_mul(3).max(LEAST_CHANGES);
        Ok(Self { path: path.to_owned(), file, _lock: lock, length, is_torn: false, longest })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a frame. If that fails, the file stays as it was.
    pub(super) fn append(&mut self, text: &str) -> Result<(), Error> {
        let frame = frame(text);
        if self.is_torn {
            self.cut().map_err(|error| failed("write", &self.path, &error))?;
        }
        self.is_torn = true;
        if let Err(error) = self.file.write_all(&frame) {
            let _ = self.cut();
            return Err(failed("write", &self.path, &error));
        }
        self.is_torn = false;
        self.length += frame.len() as u64;
        Ok(())
    }

    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.length)?;
        self.is_torn = false;
        Ok(())
    }

    /// Whether the file is so long that it should be replaced.
    pub(super) fn is_long(&self) -> bool {
        self.length > self.longest
    }

    /// Replaces the file by one with the whole state. If that fails, it stays as it was.
    pub(super) fn compact(&mut self, write: impl FnOnce(&mut Sink<'_>) -> Result<(), Error>) -> Result<(), Error> {
        // The next attempt comes much later if this one fails.
        self.longest = self.length.saturating_mul(2);
        let (file, length) = replace(&self.path, write)?;
        (self.file, self.length, self.is_torn) = (file, length, false);
        self.longest = length.saturating_mul(3).max(LEAST_CHANGES);
        Ok(())
    }
}

/// Reads the frames of a file.
pub(super) fn read(path: &Path, mut apply: impl FnMut(&str) -> Result<(), Error>) -> Result<Contents, Error> {
    let reading = |error: io::Error| failed("read", path, &error);
    let file = File::open(path).map_err(reading)?;
    let total = file.metadata().map_err(reading)?.len();
    let mut reader = BufReader::new(file);
    let mut header = Vec::new();
    reader.by_ref().take(HEADER.len() as u64).read_to_end(&mut header).map_err(reading)?;
    if header != HEADER {
        return Err(Error::custom(format!("`{}` is not a state file of this version", path.display())));
    }
    let mut complete = HEADER.len() as u64;
    loop {
        let rest = total.saturating_sub(complete);
        match next_frame(&mut reader, rest).map_err(reading)? {
            Next::Frame(text) => {
                apply(&text)?;
                complete += (FRAME_HEADER + text.len() + 1) as u64;
            }
            Next::End => return Ok(Contents { complete, torn: rest }),
            Next::Damaged => {
                let path = path.display();
                return Err(Error::custom(format!("the state file `{path}` is damaged at byte {complete}")));
            }
        }
    }
}

enum Next {
    Frame(String),
    /// No frame, or the beginning of one, is left.
    End,
    Damaged,
}

/// Reads the next frame of a file with a number of bytes left.
fn next_frame(reader: &mut impl Read, rest: u64) -> io::Result<Next> {
    if rest < FRAME_HEADER as u64 {
        return Ok(Next::End);
    }
    let mut header = [0; FRAME_HEADER];
    reader.read_exact(&mut header)?;
    let header = String::from_utf8_lossy(&header);
    let fields = header.strip_prefix('=').and_then(|line| line.trim_end().split_once(' '));
    let fields =
        fields.and_then(|(length, sum)| Some((length.parse::<u64>().ok()?, u32::from_str_radix(sum, 16).ok()?)));
    let Some((length, sum)) = fields else { return Ok(Next::Damaged) };
    let after = (rest - FRAME_HEADER as u64).checked_sub(length.saturating_add(1));
    let Some(after) = after else { return Ok(Next::End) };
    let mut text = vec![0; usize::try_from(length).unwrap_or(0)];
    reader.read_exact(&mut text)?;
    let mut end = [0];
    reader.read_exact(&mut end)?;
    match String::from_utf8(text) {
        Ok(text) if checksum(text.as_bytes()) == sum && end == *b"\n" => Ok(Next::Frame(text)),
        _ if after == 0 => Ok(Next::End),
        _ => Ok(Next::Damaged),
    }
}

fn frame(text: &str) -> Vec<u8> {
    let header = format!("={:010} {:08x}\n", text.len(), checksum(text.as_bytes()));
    [header.as_bytes(), text.as_bytes(), b"\n"].concat()
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Writes a file beside the old one, and puts it in its place when it is complete. Returns it with its length.
fn replace(path: &Path, write: impl FnOnce(&mut Sink<'_>) -> Result<(), Error>) -> Result<(File, u64), Error> {
    let new = beside(path, ".new");
    let written = write_new(path, &new, write);
    let renamed = written.and_then(|written| match std::fs::rename(&new, path) {
        Ok(()) => Ok(written),
        Err(error) => Err(failed("write", path, &error)),
    });
    if renamed.is_err() {
        let _ = std::fs::remove_file(&new);
    }
    renamed
}

fn write_new(
    path: &Path,
    new: &Path,
    write: impl FnOnce(&mut Sink<'_>) -> Result<(), Error>,
) -> Result<(File, u64), Error> {
    let writing = |error: io::Error| failed("write", path, &error);
    match std::fs::remove_file(new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(writing(error)),
        _ => {}
    }
    let file = OpenOptions::new().append(true).create_new(true).open(new).map_err(writing)?;
    let mut writer = BufWriter::new(file);
    let mut length = HEADER.len() as u64;
    writer.write_all(HEADER).map_err(writing)?;
    write(&mut |text: &str| {
        let frame = frame(text);
        length += frame.len() as u64;
        writer.write_all(&frame).map_err(writing)
    })?;
    let file = writer.into_inner().map_err(|error| writing(error.into_error()))?;
    file.sync_all().map_err(writing)?;
    Ok((file, length))
}

/// Writes a whole state to a file that no engine uses.
pub(super) fn write_file(path: &Path, write: impl FnOnce(&mut Sink<'_>) -> Result<(), Error>) -> Result<(), Error> {
    replace(path, write).map(drop)
}

/// The path of a file beside another one.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(suffix);
    beside.into()
}

fn failed(action: &str, path: &Path, error: &io::Error) -> Error {
    Error::custom(format!("can't {action} the state file `{}`: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(path: &Path) -> Result<(Vec<String>, u64), String> {
        let mut texts = Vec::new();
        let contents = read(path, |text| {
            texts.push(text.to_owned());
            Ok(())
        });
        contents.map(|contents| (texts, contents.torn)).map_err(|error| error.to_string())
    }

    #[test]
    fn frames_are_appended_and_incomplete_ones_are_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let mut journal = Journal::create(&path, Lock::acquire(&path).unwrap(), |sink| sink("one")).unwrap();
        assert!(Lock::acquire(&path).unwrap_err().to_string().contains("in use by another fake engine"));
        journal.append("two\nlines").unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(frames(&path), Ok((vec!["one".to_owned(), "two\nlines".to_owned()], 0)));

        // Every beginning of the file is read up to the last complete frame.
        let first = HEADER.len() + FRAME_HEADER + 4;
        for length in first..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(frames(&path), Ok((vec!["one".to_owned()], (length - first) as u64)), "{length}");
        }
        let contents = read(&path, |_| Ok(())).unwrap();
        let (mut journal, problem) = Journal::resume(&path, Lock::acquire(&path).unwrap(), &contents).unwrap();
        assert!(problem.unwrap().contains("bytes of an incomplete change; they were cut off"));
        journal.append("three").unwrap();
        assert_eq!(frames(&path), Ok((vec!["one".to_owned(), "three".to_owned()], 0)));
        journal.compact(|sink| sink("all")).unwrap();
        journal.append("four").unwrap();
        assert_eq!(frames(&path), Ok((vec!["all".to_owned(), "four".to_owned()], 0)));
    }

    #[test]
    fn damage_is_not_mistaken_for_an_incomplete_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let mut journal = Journal::create(&path, Lock::acquire(&path).unwrap(), |sink| sink("one")).unwrap();
        journal.append("two").unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[HEADER.len() + FRAME_HEADER] = b'O';
        std::fs::write(&path, &bytes).unwrap();
        assert!(frames(&path).unwrap_err().contains("is damaged at byte 26"));
        std::fs::write(&path, "something else, longer than the header").unwrap();
        assert!(frames(&path).unwrap_err().contains("is not a state file of this version"));
    }

    #[test]
    fn a_failed_replacement_leaves_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let mut journal = Journal::create(&path, Lock::acquire(&path).unwrap(), |sink| sink("one")).unwrap();
        let error = journal.compact(|sink| sink("two").and(Err(Error::custom("no space left")))).unwrap_err();
        assert_eq!(error.to_string(), "no space left");
        journal.append("three").unwrap();
        assert_eq!(frames(&path), Ok((vec!["one".to_owned(), "three".to_owned()], 0)));
    }
}
