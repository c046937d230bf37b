//! Character shapes: `AW00011000` is `A2 98`.

use std::collections::HashMap;

use silversmith_types::evidence::ShapeCount;

use crate::limits::{MAX_KEPT_BYTES, MAX_NAMED_SHAPES, MAX_SHAPES};

/// Stands for a space inside a shape, where spaces separate the runs.
const SPACE: char = '␣';

/// Shapes of a column with counts, as long as there are few.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shapes {
    counts: HashMap<String, u64>,
    /// More than [`MAX_SHAPES`] were seen. That depends on the values alone, not on their order.
    too_many: bool,
    /// Cells too long to have a shape.
    long: u64,
    /// The shape of the latest cell and the cells that have it but are not in `counts` yet: most
    /// cells of a key have the shape of the one before.
    latest: String,
    pending: u64,
    scratch: String,
}

impl Shapes {
    /// Counts `weight` cells with this trimmed text.
    pub(crate) fn add(&mut self, text: &str, weight: u64) {
        if self.too_many {
            return;
        }
        if text.len() > MAX_KEPT_BYTES {
            self.long += weight;
            return;
        }
        let mut shape = std::mem::take(&mut self.scratch);
        write_shape(text, &mut shape);
        if shape == self.latest {
            self.pending += weight;
        } else {
            self.flush();
            self.latest.clone_from(&shape);
            self.pending = weight;
        }
        self.scratch = shape;
    }

    fn flush(&mut self) {
        if self.pending > 0 && !self.too_many {
            let latest = std::mem::take(&mut self.latest);
            self.count(&latest, self.pending);
            self.latest = latest;
        }
        self.pending = 0;
    }

    fn count(&mut self, shape: &str, weight: u64) {
        if let Some(count) = self.counts.get_mut(shape) {
            *count += weight;
            return;
        }
        self.counts.insert(shape.to_owned(), weight);
        if self.counts.len() > MAX_SHAPES {
            self.too_many = true;
            self.counts = HashMap::new();
        }
    }

    /// Adds what another part of the file gave.
    pub(crate) fn absorb(&mut self, other: &Shapes) {
        self.flush();
        self.too_many |= other.too_many;
        self.long += other.long;
        if self.too_many {
            self.counts = HashMap::new();
            return;
        }
        let pending = (other.pending > 0).then_some((&other.latest, &other.pending));
        for (shape, count) in other.counts.iter().chain(pending) {
            if !self.too_many {
                self.count(shape, *count);
            }
        }
    }

    /// The shapes seen at least `min_count` times, most frequent first, and the number of cells
    /// with another one; `None` when there were too many shapes to be a key or a code.
    pub(crate) fn evidence(&self, min_count: u64) -> Option<(Vec<ShapeCount>, u64)> {
        let mut whole = self.clone();
        whole.flush();
        if whole.too_many {
            return None;
        }
        let mut shapes: Vec<ShapeCount> = whole
            .counts
            .into_iter()
            .map(|(shape, count)| ShapeCount { shape, count })
            .collect();
        shapes.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.shape.cmp(&b.shape)));
        let named = shapes
            .iter()
            .take_while(|shape| shape.count >= min_count)
            .count();
        let unnamed = shapes.split_off(named.min(MAX_NAMED_SHAPES));
        let others = self.long + unnamed.iter().map(|shape| shape.count).sum::<u64>();
        Some((shapes, others))
    }
}

/// Writes the shape of `text` over `out`.
fn write_shape(text: &str, out: &mut String) {
    out.clear();
    let mut chars = text.chars().map(class).peekable();
    while let Some(class) = chars.next() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push(class);
        if matches!(class, 'A' | 'a' | '9') {
            let mut run = 1_u32;
            while chars.next_if_eq(&class).is_some() {
                run += 1;
            }
            out.push_str(itoa(run, &mut [0; 10]));
        }
    }
}

fn class(c: char) -> char {
    match c {
        '0'..='9' => '9',
        'A'..='Z' => 'A',
        'a'..='z' => 'a',
        ' ' => SPACE,
        c if c.is_uppercase() => 'A',
        c if c.is_alphabetic() => 'a',
        c => c,
    }
}

fn itoa(mut number: u32, buffer: &mut [u8; 10]) -> &str {
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    std::str::from_utf8(&buffer[at..]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        let mut out = String::new();
        write_shape(text, &mut out);
        out
    }

    #[test]
    fn runs_carry_their_length() {
        assert_eq!(shape("AW00011000"), "A2 98");
        assert_eq!(shape("AW-00011000"), "A2 - 98");
        assert_eq!(shape("CO-RF"), "A2 - A2");
        assert_eq!(shape("Ab  1"), "A1 a1 ␣ ␣ 91");
        assert_eq!(shape("Éß--"), "A1 a1 - -");
        assert_eq!(shape(&"9".repeat(23)), "923");
    }

    #[test]
    fn rare_shapes_are_counted_and_not_named() {
        let mut shapes = Shapes::default();
        shapes.add("A1", 10);
        shapes.add("a-1", 9);
        shapes.add(&"x".repeat(100), 3);
        let (named, others) = shapes.evidence(10).unwrap();
        assert_eq!(
            named,
            [ShapeCount {
                shape: "A1 91".into(),
                count: 10
            }]
        );
        assert_eq!(others, 12);
    }

    #[test]
    fn a_column_of_many_shapes_has_none() {
        let mut shapes = Shapes::default();
        for run in 0..=MAX_SHAPES {
            shapes.add(
                &format!("{}-{}", "a".repeat(run % 30), "9".repeat(run / 30)),
                1,
            );
        }
        assert_eq!(shapes.evidence(1), None);
    }
}
