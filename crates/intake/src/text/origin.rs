//! A text made from another one, and where each part of it came from.

use std::ops::Range;

/// A text with the way back to the text that it was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Derived {
    text: String,
    /// Where the way back changes; sorted by `at`.
    steps: Vec<Step>,
}

/// From byte `at` of the derived text on, until the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    at: u32,
    /// The byte of the original that stands for byte `at`.
    origin: u32,
    /// 0: byte for byte the same. Otherwise all of it stands for so many bytes of the original.
    replaced: u32,
}

impl Derived {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            steps: Vec::new(),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends `text`, which stands unchanged at `origin`.
    pub(crate) fn keep(&mut self, text: &str, origin: usize) {
        if text.is_empty() {
            return;
        }
        let at = self.text.len();
        let goes_on = self.steps.last().is_some_and(|last| {
            last.replaced == 0 && at - last.at as usize == origin.wrapping_sub(last.origin as usize)
        });
        if !goes_on {
            self.step(at, origin, 0);
        }
        self.text.push_str(text);
    }

    /// Appends a part of another derived text, with the same way back.
    pub(crate) fn keep_of(&mut self, other: &Derived, span: Range<usize>) {
        let mut at = span.start;
        let mut index = other.steps.partition_point(|step| step.at as usize <= at);
        while at < span.end {
            let next = other
                .steps
                .get(index)
                .map_or(other.text.len(), |step| step.at as usize);
            let end = next.min(span.end);
            let origin = other.origin(at..end);
            match other.steps[..index].last() {
                Some(step) if step.replaced > 0 => self.replace(&other.text[at..end], origin),
                _ => self.keep(&other.text[at..end], origin.start),
            }
            (at, index) = (end, index + 1);
        }
    }

    /// Appends `text`, which was made of `origin`.
    pub(crate) fn replace(&mut self, text: &str, origin: Range<usize>) {
        if text.is_empty() {
            return;
        }
        self.step(self.text.len(), origin.start, origin.len().max(1));
        self.text.push_str(text);
    }

    fn step(&mut self, at: usize, origin: usize, replaced: usize) {
        // Inputs are bounded far below 4 GiB before they come here.
        let small = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        self.steps.push(Step {
            at: small(at),
            origin: small(origin),
            replaced: small(replaced),
        });
    }

    /// The bytes of the original that `span` of the derived text was made of.
    pub(crate) fn origin(&self, span: Range<usize>) -> Range<usize> {
        if span.is_empty() {
            let at = self.origin_of(span.start).start;
            return at..at;
        }
        let start = self.origin_of(span.start).start;
        let end = self.origin_of(span.end - 1).end;
        start..end.max(start)
    }

    fn origin_of(&self, at: usize) -> Range<usize> {
        let after = self.steps.partition_point(|step| step.at as usize <= at);
        let Some(step) = after.checked_sub(1).map(|index| self.steps[index]) else {
            return 0..0;
        };
        let origin = step.origin as usize;
        match step.replaced {
            0 => {
                let byte = origin + (at - step.at as usize);
                byte..byte + 1
            }
            replaced => origin..origin + replaced as usize,
        }
    }

    /// Where in the derived text what comes at or after byte `origin` of the original is. The parts
    /// have to be in the order of the original.
    pub(crate) fn position_of(&self, origin: usize) -> usize {
        let after = self
            .steps
            .partition_point(|step| step.origin as usize <= origin);
        let Some(step) = after.checked_sub(1).map(|index| self.steps[index]) else {
            return 0;
        };
        let end = self
            .steps
            .get(after)
            .map_or(self.text.len(), |next| next.at as usize);
        let inside = match step.replaced {
            0 => origin - step.origin as usize,
            _ => 0,
        };
        (step.at as usize + inside).min(end)
    }
}

#[cfg(test)]
mod tests {
    use super::Derived;

    #[test]
    fn every_part_knows_where_it_came_from() {
        // From `ab&amp;c<zero-width>d`.
        let mut derived = Derived::with_capacity(8);
        derived.keep("a", 0);
        derived.keep("b", 1);
        derived.replace("&", 2..7);
        derived.keep("c", 7);
        derived.keep("d", 11);
        assert_eq!(derived.as_str(), "ab&cd");
        assert_eq!(derived.steps.len(), 4);
        assert_eq!(derived.origin(0..2), 0..2);
        assert_eq!(derived.origin(1..3), 1..7);
        assert_eq!(derived.origin(2..3), 2..7);
        assert_eq!(derived.origin(3..5), 7..12);
        assert_eq!(derived.origin(3..3), 7..7);
        assert_eq!(
            [0, 1, 2, 7, 9, 11].map(|at| derived.position_of(at)),
            [0, 1, 2, 3, 4, 4]
        );
        let mut copy = Derived::default();
        copy.keep_of(&derived, 1..4);
        assert_eq!(copy.as_str(), "b&c");
        assert_eq!(
            [0..1, 1..2, 2..3].map(|span| copy.origin(span)),
            [1..2, 2..7, 7..8]
        );
        assert_eq!(Derived::default().origin(0..0), 0..0);
    }
}
