//! A reader of HTML that accepts only what a careful writer writes: every element closed in order,
//! every attribute quoted, no `<` or `&` in text but as the start of a known reference.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each target uses its part of the support"
)]

use std::collections::BTreeSet;

/// Elements without an end tag.
const VOID: [&str; 2] = ["meta", "br"];

/// What a page consists of.
#[derive(Debug, Default)]
pub struct Read {
    /// Names of elements.
    pub elements: BTreeSet<String>,
    /// Names of attributes.
    pub attributes: BTreeSet<String>,
    /// Values of `id`, in order.
    pub ids: Vec<String>,
    /// Values of `href`.
    pub links: Vec<String>,
    /// All text outside `style`, decoded, without what stands between.
    pub text: String,
    /// All values of attributes, decoded.
    pub values: Vec<String>,
}

/// Reads a page or says what is wrong, and where.
pub fn read(page: &str) -> Result<Read, String> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").ok_or("no doctype")?;
    let mut found = Read::default();
    let mut open: Vec<String> = Vec::new();
    while !rest.is_empty() {
        if let Some(end) = rest.strip_prefix("</") {
            let (name, after) = end.split_once('>').ok_or("an end tag does not end")?;
            let last = open.pop();
            if last.as_deref() != Some(name) {
                return Err(format!("</{name}> closes {last:?}"));
            }
            rest = after;
        } else if let Some(tag) = rest.strip_prefix('<') {
            let (name, after) = read_tag(tag, &mut found)?;
            rest = after;
            if name == "style" {
                let end = rest.find("</style>").ok_or("style does not end")?;
                rest = &rest[end + "</style>".len()..];
            } else if !VOID.contains(&name.as_str()) {
                open.push(name);
            }
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            found.text.push_str(&decoded(&rest[..end])?);
            rest = &rest[end..];
        }
    }
    if open.is_empty() {
        Ok(found)
    } else {
        Err(format!("left open: {open:?}"))
    }
}

fn read_tag<'a>(tag: &'a str, found: &mut Read) -> Result<(String, &'a str), String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let end = tag.find(|c| !is_name(c)).ok_or("a tag does not end")?;
    let name = tag[..end].to_owned();
    if !tag.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(format!("no tag begins with {:?}", tag.chars().next()));
    }
    found.elements.insert(name.clone());
    let mut rest = &tag[end..];
    loop {
        if let Some(after) = rest.strip_prefix('>') {
            return Ok((name, after));
        }
        let attribute = rest
            .strip_prefix(' ')
            .ok_or_else(|| format!("<{name}: a space is missing"))?;
        let end = attribute
            .find(|c| !(is_name(c) || c == ':'))
            .unwrap_or(attribute.len());
        let key = &attribute[..end];
        if key.is_empty() {
            return Err(format!("<{name}: an attribute without a name"));
        }
        found.attributes.insert(key.to_owned());
        rest = &attribute[end..];
        let Some(quoted) = rest.strip_prefix("=\"") else {
            continue;
        };
        let (value, after) = quoted.split_once('"').ok_or("a value does not end")?;
        let value = decoded(value)?;
        match key {
            "id" => found.ids.push(value.clone()),
            "href" => found.links.push(value.clone()),
            _ => {}
        }
        found.values.push(value);
        rest = after;
    }
}

/// Text with its character references resolved.
fn decoded(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        out.push_str(&rest[..at]);
        let known = [
            ("&amp;", '&'),
            ("&lt;", '<'),
            ("&gt;", '>'),
            ("&quot;", '"'),
        ];
        let reference = known
            .iter()
            .find(|(reference, _)| rest[at..].starts_with(reference));
        let (reference, meaning) = reference.ok_or_else(|| format!("unescaped in {text:?}"))?;
        out.push(*meaning);
        rest = &rest[at + reference.len()..];
    }
    out.push_str(rest);
    Ok(out)
}
