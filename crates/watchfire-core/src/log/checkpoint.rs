//! Checkpoints: what a log says of itself, as a signed note.
//!
//! Source: C2SP tlog-checkpoint.

use std::fmt;

use super::hash::Hash;
use super::note::{Note, NoteError, SignerKey, VerifierKey};

/// The size and root of a log at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log this is.
    pub origin: String,
    /// The number of leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Lines that mean something to somebody else; we write none.
    pub extensions: Vec<String>,
}

/// Why a text is not a checkpoint, or not the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note that carries it is refused.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text of the note is not a checkpoint.
    #[error("not a checkpoint: {0}")]
    Malformed(&'static str),
    /// It is of another log.
    #[error("the checkpoint is of the log `{found}`, not of `{expected}`")]
    OtherLog {
        /// The origin it has.
        found: String,
        /// The origin it should have.
        expected: String,
    },
}

impl Checkpoint {
    /// Returns a checkpoint without extension lines.
    #[must_use]
    pub fn new(origin: &str, size: u64, root: Hash) -> Self {
        Self { origin: origin.to_owned(), size, root, extensions: Vec::new() }
    }

    /// Returns the origin of the internal log that belongs to the public log `origin`.
    #[must_use]
    pub fn internal_origin(origin: &str) -> String {
        format!("{origin}/internal")
    }

    /// Reads the text of a note.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`] unless it is three or more non-empty lines: the origin, the
    /// size without leading zeros, the root, extensions.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let malformed = CheckpointError::Malformed;
        let body = text.strip_suffix('\n').ok_or(malformed("its last line does not end"))?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(malformed("it has fewer than three lines"));
        };
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if origin.is_empty() || extensions.iter().any(String::is_empty) {
            return Err(malformed("a line is empty"));
        }
        let number = size.parse::<u64>().ok().filter(|number| number.to_string() == size);
        let size = number.ok_or(malformed("its size is not a plain decimal number"))?;
        let root =
            Hash::from_base64(root).ok_or(malformed("its root is not 32 bytes in base64"))?;
        Ok(Self { origin: origin.to_owned(), size, root, extensions })
    }

    /// Returns the note that says this, signed by each key.
    ///
    /// # Errors
    /// [`CheckpointError`] if the origin or an extension is empty or more than a line.
    pub fn sign(&self, signers: &[&SignerKey]) -> Result<String, CheckpointError> {
        let text = self.to_string();
        if Self::parse(&text).as_ref() != Ok(self) {
            return Err(CheckpointError::Malformed("a line is empty or holds a newline"));
        }
        Ok(Note::sign(&text, signers)?)
    }

    /// Reads a note, verifies that one of `known` has signed it, and that it is of `origin`.
    ///
    /// # Errors
    /// [`CheckpointError`] says what is wrong.
    pub fn open(
        note: &[u8],
        known: &[&VerifierKey],
        origin: &str,
    ) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        let checkpoint = Self::parse(note.verify(known)?)?;
        if checkpoint.origin != origin {
            return Err(CheckpointError::OtherLog {
                found: checkpoint.origin,
                expected: origin.to_owned(),
            });
        }
        Ok(checkpoint)
    }
}

/// The text that is signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn the_example_of_the_specification_is_read_and_written() {
        let checkpoint = Checkpoint::parse(TEXT).expect("the example");
        assert_eq!(checkpoint.origin, "example.com/behind-the-sofa");
        assert_eq!(checkpoint.size, 20_852_163);
        assert_eq!(checkpoint.to_string(), TEXT);
        let extended = format!("{TEXT}more\nand more\n");
        let checkpoint = Checkpoint::parse(&extended).expect("extension lines are allowed");
        assert_eq!(checkpoint.extensions, ["more", "and more"]);
        assert_eq!(checkpoint.to_string(), extended);
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "origin\n1\n",
            TEXT.trim_end(),
            &TEXT.replace("20852163", "020852163"),
            &TEXT.replace("20852163", "+20852163"),
            &TEXT.replace("20852163", "-1"),
            &TEXT.replace("20852163", "18446744073709551616"),
            &TEXT.replace("20852163", ""),
            &TEXT.replace("q2I=", "q2I"),
            &TEXT.replace("CsUY", ""),
            &TEXT.replace("example.com/behind-the-sofa", ""),
            &format!("{TEXT}\n"),
            &format!("{TEXT}\nmore\n"),
        ] {
            assert!(
                matches!(Checkpoint::parse(text), Err(CheckpointError::Malformed(_))),
                "{text}"
            );
        }
        let zero = TEXT.replace("20852163", "0");
        assert_eq!(Checkpoint::parse(&zero).map(|checkpoint| checkpoint.size), Ok(0));
    }

    #[test]
    fn what_is_signed_opens_for_its_own_log_only() {
        let key = SignerKey::from_seed("psirt.example/log", &[4; 32]).expect("a fine name");
        let checkpoint = Checkpoint::new("psirt.example/log", 3, Hash([9; 32]));
        let note = checkpoint.sign(&[&key]).expect("fine lines");
        assert_eq!(note, checkpoint.sign(&[&key]).expect("fine lines"), "nodes agree byte by byte");
        let open = |origin: &str| Checkpoint::open(note.as_bytes(), &[key.verifier()], origin);
        assert_eq!(open("psirt.example/log"), Ok(checkpoint.clone()));
        let internal = Checkpoint::internal_origin("psirt.example/log");
        assert!(matches!(open(&internal), Err(CheckpointError::OtherLog { .. })));
        let broken = Checkpoint { origin: "a\nb".to_owned(), ..checkpoint };
        assert!(broken.sign(&[&key]).is_err());
    }
}
