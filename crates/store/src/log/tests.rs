use silversmith_tlog::Algorithm;

use super::*;

fn key() -> SigningKey {
    SigningKey::from_seed("example", Algorithm::Ed25519, &[5; 32]).unwrap()
}

fn open_log(folder: &Path) -> Result<Log, LogError> {
    Log::open(folder, key())
}

fn entries(folder: &Path) -> Result<Vec<String>, LogError> {
    let mut all = Vec::new();
    let tree = verify(folder, key().verifier(), |seen| {
        assert_eq!(seen.index, all.len() as u64);
        all.push(String::from_utf8(seen.entry.to_vec()).unwrap());
    })?;
    assert_eq!(tree.size(), all.len() as u64);
    Ok(all)
}

/// A log of "0", then "1" and "2", then "3"; and where each frame ends.
fn example() -> (tempfile::TempDir, Vec<u64>) {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open_log(folder.path()).unwrap();
    let mut ends = Vec::new();
    for group in [&[&b"0"[..]][..], &[b"1", b"2"], &[b"3"]] {
        let before = log.size();
        let receipt = log.append(group).unwrap();
        assert_eq!(receipt.first, before);
        let head = Checkpoint::verify(&receipt.head, key().verifier()).unwrap();
        assert_eq!((head.size, head.root), (log.size(), log.edge.root()));
        ends.push(log.end);
    }
    (folder, ends)
}

#[test]
fn what_is_appended_is_read_in_order() {
    let folder = tempfile::tempdir().unwrap();
    assert!(entries(folder.path()).unwrap().is_empty());
    let (folder, _) = example();
    assert_eq!(entries(folder.path()).unwrap(), ["0", "1", "2", "3"]);
    let mut again = open_log(folder.path()).unwrap();
    assert_eq!(again.append(&[b"4"]).unwrap().first, 4);
    assert_eq!(entries(folder.path()).unwrap(), ["0", "1", "2", "3", "4"]);
    assert!(matches!(again.append(&[]), Err(LogError::Group)));
}

/// However much of the last frame a kill left, with the head of before or without: the acknowledged entries are
/// there, the torn one is not, and the log goes on.
#[test]
fn only_an_unfinished_frame_at_the_end_is_dropped() {
    let (folder, ends) = example();
    let whole = fs::read(folder.path().join(LOG)).unwrap();
    let end = usize::try_from(ends[1]).unwrap();
    for length in end..whole.len() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(LOG), &whole[..length]).unwrap();
        assert_eq!(entries(folder.path()).unwrap(), ["0", "1", "2"], "{length}");
        let mut log = open_log(folder.path()).unwrap();
        assert_eq!(log.append(&[b"3"]).unwrap().first, 3);
        assert_eq!(fs::read(folder.path().join(LOG)).unwrap(), whole);
    }
}

#[test]
fn a_log_that_lost_what_it_acknowledged_is_refused() {
    let (folder, ends) = example();
    let path = folder.path().join(LOG);
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let refused = open_log(folder.path());
        assert!(matches!(
            refused,
            Err(LogError::Forgotten {
                acknowledged: 4,
                ..
            })
        ));
    }
    // While it is open, too.
    fs::write(&path, &whole).unwrap();
    let mut log = open_log(folder.path()).unwrap();
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(ends[0])
        .unwrap();
    assert!(matches!(
        log.append(&[b"4"]),
        Err(LogError::Forgotten { .. })
    ));
    fs::remove_file(&path).unwrap();
    fs::write(&path, &whole).unwrap();
    assert!(matches!(
        log.append(&[b"4"]),
        Err(LogError::Replaced { .. })
    ));
}

/// No bit of the file can be flipped without a word, unless it is in the last frame and the head is gone, too.
#[test]
fn a_flipped_bit_is_found() {
    let (folder, ends) = example();
    let path = folder.path().join(LOG);
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&path, &bytes).unwrap();
        let is_last = at as u64 >= ends[1];
        match is_last {
            true => assert!(open_log(folder.path()).is_err(), "{at}"),
            false => assert!(entries(folder.path()).is_err(), "{at}"),
        }
    }
}

#[test]
fn a_head_that_nobody_signed_says_nothing() {
    let (folder, _) = example();
    let path = folder.path().join(HEAD);
    let good = fs::read_to_string(&path).unwrap();
    for bad in [
        String::new(),
        good.replace('4', "5"),
        good[..40].to_owned(),
        "x".repeat(40_000),
    ] {
        fs::write(&path, bad).unwrap();
        assert_eq!(open_log(folder.path()).unwrap().size(), 4);
        assert_eq!(fs::read_to_string(&path).unwrap(), good);
    }
    let other = SigningKey::from_seed("example", Algorithm::Ed25519, &[6; 32]).unwrap();
    assert!(matches!(
        Log::open(folder.path(), other),
        Err(LogError::Damaged { .. })
    ));
}

#[test]
fn writers_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let write = |writer: u32| {
        let mut log = open_log(folder.path()).unwrap();
        (0..20)
            .map(|at| {
                log.append(&[format!("{writer} {at}").as_bytes()])
                    .unwrap()
                    .first
            })
            .collect()
    };
    let mut firsts: Vec<u64> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| scope.spawn(move || -> Vec<u64> { write(writer) }))
            .collect();
        writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap())
            .collect()
    });
    firsts.sort_unstable();
    assert_eq!(firsts, (0..80).collect::<Vec<_>>());
    assert_eq!(entries(folder.path()).unwrap().len(), 80);
}
