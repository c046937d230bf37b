//! The one module of this crate that calls the Python parser.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ModModule, Stmt};
use ruff_python_parser::{Mode, lexer, parse_module};

/// Most tokens from the start of a statement down to any place in it, those of earlier arguments
/// and items not counted. No syntax tree is deeper than that, so walking and dropping one cannot
/// exhaust the stack; the longest chain of a plan's expression has a few hundred.
const MAX_CHAIN: usize = 1_000;

/// Whether a text may make a syntax tree deeper than [`MAX_CHAIN`]. Indented blocks within indented
/// blocks and `lambda`, after which a comma does not end anything, count as such: a transform has
/// neither.
pub(crate) fn too_deep(text: &str) -> bool {
    let mut tokens = lexer::lex(text, Mode::Module);
    // Tokens since the last comma, for each open bracket; and their sum.
    let mut chains = vec![0_usize];
    let mut total = 0;
    let mut indents = 0_usize;
    loop {
        match tokens.next_token() {
            TokenKind::EndOfFile => return false,
            TokenKind::Lambda => return true,
            TokenKind::Comment | TokenKind::NonLogicalNewline => continue,
            TokenKind::Indent => indents += 1,
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Newline => {
                chains = vec![0];
                total = 0;
            }
            TokenKind::Comma => {
                if let Some(chain) = chains.last_mut() {
                    total -= *chain;
                    *chain = 0;
                }
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => chains.push(0),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if chains.len() > 1 => {
                total -= chains.pop().unwrap_or(0);
            }
            _ => {}
        }
        if let Some(chain) = chains.last_mut() {
            *chain += 1;
            total += 1;
        }
        if total > MAX_CHAIN || indents > 1 {
            return true;
        }
    }
}

/// The statements of a text whose nesting is bounded, or where it is no Python and why.
pub(crate) fn parse(text: &str) -> Result<Vec<Stmt>, (usize, usize, String)> {
    match parse_module(text) {
        Ok(parsed) => {
            let ModModule { body, .. } = parsed.into_syntax();
            Ok(body.into_iter().collect())
        }
        Err(error) => {
            let range = error.location;
            Err((
                range.start().to_usize(),
                range.end().to_usize(),
                error.error.to_string(),
            ))
        }
    }
}
