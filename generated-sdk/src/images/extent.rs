//! Ranges of an image and what they contain.

use serde::Deserialize;

/// What a range of an image contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Data,
    /// Reads as zeros.
    Zero,
    /// Not allocated in this layer: reads what the backing image contains.
    Hole,
    /// Not changed since the checkpoint of an incremental backup.
    Unchanged,
}

/// A range of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) start: u64,
    pub(super) length: u64,
    pub(super) content: Content,
}

impl Extent {
    pub(super) fn end(&self) -> u64 {
        self.start.saturating_add(self.length)
    }
}

/// An extent as the daemon states it.
#[derive(Deserialize)]
pub(super) struct DaemonExtent {
    start: u64,
    length: u64,
    #[serde(default)]
    zero: bool,
    #[serde(default)]
    hole: bool,
    dirty: Option<bool>,
}

impl From<DaemonExtent> for Extent {
    fn from(extent: DaemonExtent) -> Self {
        let content = match extent {
            DaemonExtent { dirty: Some(false), .. } => Content::Unchanged,
            DaemonExtent { hole: true, .. } => Content::Hole,
            DaemonExtent { zero: true, .. } => Content::Zero,
            _ => Content::Data,
        };
        Self { start: extent.start, length: extent.length, content }
    }
}

/// The size of the image that extents cover; fails unless they are in order and without a gap.
pub(super) fn covered(extents: &[Extent]) -> Result<u64, String> {
    let mut expected = 0_u64;
    for extent in extents {
        if extent.start != expected {
            return Err(format!("an extent starts at {}, but the previous one ends at {expected}", extent.start));
        }
        expected = extent.start.checked_add(extent.length).ok_or("an extent ends beyond the largest offset")?;
    }
    Ok(expected)
}

/// Merges neighbors with the same content, then cuts data into pieces of at most `data` bytes and everything else into
/// pieces of at most `other` bytes. Cuts are at multiples of the size of a piece, so requests stay aligned.
pub(super) fn pieces(extents: impl IntoIterator<Item = Extent>, data: u64, other: u64) -> impl Iterator<Item = Extent> {
    let mut extents = extents.into_iter().filter(|extent| extent.length > 0).peekable();
    let mut rest: Option<Extent> = None;
    std::iter::from_fn(move || {
        let mut current = match rest.take() {
            Some(current) => current,
            None => {
                let mut merged = extents.next()?;
                while let Some(next) = extents.next_if(|n| n.content == merged.content && n.start == merged.end()) {
                    merged.length += next.length;
                }
                merged
            }
        };
        let size = if current.content == Content::Data { data } else { other };
        let cut = (current.start / size + 1).saturating_mul(size);
        if cut < current.end() {
            rest = Some(Extent { start: cut, length: current.end() - cut, ..current });
            current.length = cut - current.start;
        }
        Some(current)
    })
}

/// Moves the limits of extents to multiples of an alignment. A unit that several extents share becomes data.
pub(super) fn aligned(extents: Vec<Extent>, alignment: u64, size: u64) -> Vec<Extent> {
    let mut moved = Vec::with_capacity(extents.len());
    let mut position = 0;
    let mut extents = extents.into_iter().peekable();
    while let Some(mut extent) = extents.next() {
        while let Some(next) = extents.next_if(|next| next.content == extent.content) {
            extent.length += next.length;
        }
        let end = extent.end();
        let whole = if end == size { end } else { end / alignment * alignment };
        if whole > position {
            moved.push(Extent { start: position, length: whole - position, ..extent });
            position = whole;
        }
        if end > position {
            let length = alignment.min(size - position);
            moved.push(Extent { start: position, length, content: Content::Data });
            position += length;
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(start: u64, length: u64, content: Content) -> Extent {
        Extent { start, length, content }
    }

    #[test]
    fn neighbors_are_merged_and_cut_at_multiples() {
        let extents = [
            extent(0, 3, Content::Zero),
            extent(3, 4, Content::Data),
            extent(7, 0, Content::Zero),
            extent(7, 5, Content::Data),
            extent(12, 90, Content::Zero),
        ];
        let cut: Vec<_> = pieces(extents, 4, 64).collect();
        assert_eq!(
            cut,
            [
                extent(0, 3, Content::Zero),
                extent(3, 1, Content::Data),
                extent(4, 4, Content::Data),
                extent(8, 4, Content::Data),
                extent(12, 52, Content::Zero),
                extent(64, 38, Content::Zero),
            ]
        );
    }

    #[test]
    fn shared_units_become_data() {
        let extents = vec![
            extent(0, 10, Content::Zero),
            extent(10, 1, Content::Unchanged),
            extent(11, 2, Content::Zero),
            extent(13, 19, Content::Unchanged),
            extent(32, 9, Content::Zero),
        ];
        assert_eq!(
            aligned(extents, 8, 41),
            [
                extent(0, 8, Content::Zero),
                extent(8, 8, Content::Data),
                extent(16, 16, Content::Unchanged),
                extent(32, 9, Content::Zero),
            ]
        );
        assert_eq!(aligned(vec![extent(0, 5, Content::Data)], 1, 5), [extent(0, 5, Content::Data)]);
    }

    #[test]
    fn gaps_and_wrong_ends_are_found() {
        let extents = [extent(0, 3, Content::Zero), extent(3, 4, Content::Data)];
        assert_eq!(covered(&extents), Ok(7));
        assert_eq!(covered(&[]), Ok(0));
        let gap = [extent(0, 3, Content::Zero), extent(4, 4, Content::Data)];
        assert_eq!(covered(&gap).unwrap_err(), "an extent starts at 4, but the previous one ends at 3");
        let long = [extent(0, 3, Content::Zero), extent(3, u64::MAX, Content::Data)];
        assert_eq!(covered(&long).unwrap_err(), "an extent ends beyond the largest offset");
    }

    #[test]
    fn extents_of_the_daemon_are_read() {
        let text = r#"[{"start":0,"length":1,"zero":true,"hole":false},{"start":1,"length":1,"zero":true,"hole":true},
            {"start":2,"length":1,"dirty":true,"zero":false},{"start":3,"length":1,"dirty":false,"zero":true}]"#;
        let read: Vec<DaemonExtent> = serde_json::from_str(text).unwrap();
        let contents: Vec<_> = read.into_iter().map(|read| Extent::from(read).content).collect();
        assert_eq!(contents, [Content::Zero, Content::Hole, Content::Data, Content::Unchanged]);
    }
}
