//! Names in Cyrillic, and those of China, Japan and Korea in their own writing: by how they end and by
//! what stands beside them, as no list of ours has them.

use crate::line::Line;
use crate::name::{Span, is_mixed, is_name_like};

/// `Иван Петров`, `Анна Сергеевна`: two words with capitals, one of which ends as surnames or the
/// names of fathers do.
pub(crate) fn slavic(line: &Line<'_>, at: usize) -> Span {
    const ENDS: [&str; 18] = [
        "ович", "евич", "овна", "евна", "ична", "ов", "ова", "ев", "ева", "ёв", "ёва", "ский",
        "ская", "енко", "чук", "цкий", "ин", "ина",
    ];
    if line.word(at).is_ascii() {
        return None;
    }
    let is_cyrillic = |at: usize| {
        let word = line.word(at);
        is_name_like(line, at)
            && is_mixed(line, at)
            && word.len() >= 6
            && word.chars().all(|c| ('\u{400}'..='\u{4ff}').contains(&c))
    };
    let ends = |at: usize| ENDS.iter().any(|end| line.word(at).ends_with(end));
    if !is_cyrillic(at) {
        return None;
    }
    let mut last = at;
    while line.gap(last) == " " && is_cyrillic(last + 1) && last - at < 2 {
        last += 1;
    }
    (last > at && (at..=last).any(ends)).then_some((at, last))
}

/// `姓名：王小明`, `王小明先生`, `田中さん`.
pub(crate) fn han(line: &Line<'_>, at: usize) -> Span {
    const BEFORE: [&str; 8] = [
        "姓名",
        "客户",
        "客戶",
        "联系人",
        "聯絡人",
        "氏名",
        "名前",
        "顧客",
    ];
    const AFTER: [&str; 8] = ["先生", "女士", "小姐", "さん", "様", "太太", "さま", "님"];
    let word = line.word(at);
    if word.is_ascii() {
        return None;
    }
    let is_cjk = |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    let chars = word.chars().count();
    let is_short = (2..=6).contains(&chars) && word.chars().all(is_cjk);
    let after = is_short && AFTER.iter().any(|end| word.ends_with(end));
    let before = (2..=5).contains(&chars)
        && is_short
        && at > 0
        && BEFORE
            .iter()
            .any(|start| line.word(at - 1).ends_with(start));
    (after || before).then_some((at, at))
}
