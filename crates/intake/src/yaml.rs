//! The part of YAML that a contract needs, read strictly: one document of mappings with text keys,
//! sequences and scalars. Anchors, aliases, tags, merge keys, duplicate keys and further documents
//! are refused: what a reviewer reads is what is meant, and nothing can expand.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use crate::finding::Position;
use crate::limits::Limits;

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Scalar {
        text: String,
        plain: bool,
    },
    Sequence(Vec<Node>),
    /// In the order of the document; keys are unique.
    Mapping(Vec<(String, Node)>),
}

/// Why a text is refused, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct YamlError {
    pub(crate) message: &'static str,
    pub(crate) at: Position,
}

impl Node {
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let Self::Mapping(members) = self else {
            return None;
        };
        members
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, node)| node)
    }

    /// Whether it stands for no value at all (YAML 1.2 core schema).
    pub(crate) fn is_null(&self) -> bool {
        let Self::Scalar { text, plain: true } = self else {
            return false;
        };
        matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        let Self::Scalar { text, plain: true } = self else {
            return None;
        };
        match text.as_str() {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        let Self::Scalar { text, plain: true } = self else {
            return None;
        };
        text.parse().ok()
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }
}

/// What is open while events come in.
enum Open {
    Sequence(Vec<Node>),
    Mapping {
        members: Vec<(String, Node)>,
        key: Option<String>,
    },
}

/// Reads one document. The bytes are bounded by the caller.
pub(crate) fn parse(text: &str, limits: &Limits) -> Result<Node, YamlError> {
    let mut reader = Reader {
        open: Vec::new(),
        root: None,
        nodes: 0,
        limits,
    };
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| at(*error.marker(), "is not YAML"))?;
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(at(span.start, "holds more than one document"));
                }
            }
            Event::StreamEnd => break,
            event => reader
                .take(event)
                .map_err(|message| at(span.start, message))?,
        }
    }
    reader.root.ok_or(YamlError {
        message: "is empty",
        at: Position { line: 1, column: 1 },
    })
}

fn at(marker: Marker, message: &'static str) -> YamlError {
    YamlError {
        message,
        at: Position {
            line: marker.line().max(1),
            column: marker.col() + 1,
        },
    }
}

struct Reader<'a> {
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    limits: &'a Limits,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        let (anchor, tagged) = match &event {
            Event::Alias(_) => return Err("uses an alias"),
            Event::Scalar(_, _, anchor, tag) => (*anchor, tag.is_some()),
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => {
                (*anchor, tag.is_some())
            }
            _ => (0, false),
        };
        if anchor != 0 {
            return Err("uses an anchor");
        }
        if tagged {
            return Err("uses a tag");
        }
        match event {
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                self.close(Node::Scalar {
                    text: text.into_owned(),
                    plain,
                })
            }
            Event::SequenceStart(..) => self.begin(Open::Sequence(Vec::new())),
            Event::MappingStart(..) => self.begin(Open::Mapping {
                members: Vec::new(),
                key: None,
            }),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::Sequence(items)) => self.close(Node::Sequence(items)),
                Some(Open::Mapping { members, .. }) => self.close(Node::Mapping(members)),
                None => Err("is not YAML"),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, open: Open) -> Result<(), &'static str> {
        if self.open.len() >= self.limits.contract_depth {
            return Err("is nested too deep");
        }
        if let Some(Open::Mapping { key: None, .. }) = self.open.last() {
            return Err("has a key that is not a text");
        }
        self.open.push(open);
        Ok(())
    }

    /// A node is complete and goes into the one around it.
    fn close(&mut self, node: Node) -> Result<(), &'static str> {
        self.nodes += 1;
        if self.nodes > self.limits.contract_nodes {
            return Err("holds too many values");
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::Sequence(items)) => items.push(node),
            Some(Open::Mapping { members, key }) => match (key.take(), node) {
                (Some(name), node) => members.push((name, node)),
                (None, Node::Scalar { text, .. }) => {
                    if text == "<<" {
                        return Err("uses a merge key");
                    }
                    // A mapping of a contract has a dozen members, so a scan is quick; the bound
                    // keeps it so.
                    if members.len() > 1_000 {
                        return Err("has a mapping with more than 1,000 members");
                    }
                    if members.iter().any(|(name, _)| *name == text) {
                        return Err("has the same key twice");
                    }
                    *key = Some(text);
                }
                (None, _) => return Err("has a key that is not a text"),
            },
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_person_reads() {
        let text =
            "# comment\na: 1\n'b': [x, \"true\", true, ~]\nc:\n  - d: |\n      two\n      lines\n";
        let root = parse(text, &Limits::default()).unwrap();
        assert_eq!(root.get("a").unwrap().as_integer(), Some(1));
        let Some(Node::Sequence(items)) = root.get("b") else {
            panic!("{root:?}")
        };
        assert_eq!(items[1].as_bool(), None);
        assert_eq!(items[1].as_text(), Some("true"));
        assert_eq!(items[2].as_bool(), Some(true));
        assert!(items[3].is_null());
        let Some(Node::Sequence(items)) = root.get("c") else {
            panic!("{root:?}")
        };
        assert_eq!(items[0].get("d").unwrap().as_text(), Some("two\nlines\n"));
    }

    #[test]
    fn refuses_each_defect_and_says_where() {
        let deep = "[".repeat(40);
        for (text, why, line) in [
            ("a: &x 1\nb: *x\n", "anchor", 1),
            ("a: *x\n", "YAML", 1),
            ("a: !!str 1\n", "tag", 1),
            ("a: 1\n<<: {b: 2}\n", "merge key", 2),
            ("a: 1\na: 2\n", "twice", 2),
            ("[a]: 1\n", "not a text", 1),
            ("? {a: 1}\n: 1\n", "not a text", 1),
            ("a: 1\n---\nb: 1\n", "more than one", 2),
            ("a: [1\n", "YAML", 2),
            ("", "empty", 1),
            (&deep, "too deep", 1),
        ] {
            let refusal = parse(text, &Limits::default()).unwrap_err();
            assert!(refusal.message.contains(why), "{text}: {refusal:?}");
            assert_eq!(refusal.at.line, line, "{text}: {refusal:?}");
        }
        let few = Limits {
            contract_nodes: 3,
            ..Limits::default()
        };
        assert_eq!(
            parse("[1, 2, 3, 4]", &few).unwrap_err().message,
            "holds too many values"
        );
    }
}
