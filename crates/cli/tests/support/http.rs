//! A server that answers as a test says, and keeps what it was sent.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// `POST /path HTTP/1.1`
    pub line: String,
    /// Header lines, with their names in lower case.
    pub headers: Vec<String>,
    /// The body.
    pub body: String,
}

impl Received {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let prefix = format!("{name}: ");
        self.headers
            .iter()
            .find_map(|line| line.strip_prefix(&prefix))
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What the server does with a request.
pub enum Reply {
    /// Answers: status, header lines, body.
    Answer(u16, &'static str, String),
    /// Closes without a word.
    Drop,
    /// Says the head and a part of the body, then closes.
    Cut,
    /// Says more and more, until nobody listens.
    Endless,
    /// Says nothing, and keeps the connection open until the other side closes it.
    Hang,
}

/// A running server; it ends with the test.
pub struct Server {
    /// Where it listens.
    pub port: u16,
    received: Arc<Mutex<Vec<Received>>>,
    stop: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server. The script is given the number of the request, from 0, and the request.
    pub fn start(script: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (kept, stopped) = (Arc::clone(&received), Arc::clone(&stop));
        let script = Arc::new(script);
        let accepting = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (kept, script) = (Arc::clone(&kept), Arc::clone(&script));
                std::thread::spawn(move || serve(stream, &kept, &*script));
            }
        });
        Self {
            port,
            received,
            stop,
            accepting: Some(accepting),
        }
    }

    /// What was sent so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes it up, to see that it is to stop.
        _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(accepting) = self.accepting.take() {
            _ = accepting.join();
        }
    }
}

fn serve(
    mut stream: TcpStream,
    kept: &Mutex<Vec<Received>>,
    script: &dyn Fn(usize, &Received) -> Reply,
) {
    let Some(request) = receive(&mut stream) else {
        return;
    };
    let at = {
        let mut kept = kept.lock().unwrap();
        kept.push(request.clone());
        kept.len() - 1
    };
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    // Whoever closes early wants no more.
    _ = match script(at, &request) {
        Reply::Answer(status, headers, body) => stream.write_all(
            format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\
                 connection: close\r\n\r\n{body}",
                body.len()
            )
            .as_bytes(),
        ),
        Reply::Drop => Ok(()),
        Reply::Cut => {
            let cut = format!("{head}content-length: 10000\r\n\r\n{{\"choices\": [");
            stream.write_all(cut.as_bytes())
        }
        Reply::Endless => {
            let mut said = stream.write_all(format!("{head}\r\n").as_bytes());
            while said.is_ok() {
                said = stream.write_all(&[b' '; 1 << 16]);
            }
            said
        }
        Reply::Hang => stream.read(&mut [0]).map(|_| ()),
    };
}

fn receive(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let mut block = [0; 1 << 16];
    loop {
        let read = stream.read(&mut block).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&block[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lines = head.lines();
        let line = lines.next()?.to_owned();
        let headers: Vec<String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| format!("{}: {value}", name.to_ascii_lowercase()))
            .collect();
        let request = Received {
            line,
            headers,
            body: body.to_owned(),
        };
        let length = request.header("content-length").unwrap_or("0").parse();
        if body.len() >= length.unwrap_or(0) {
            return Some(request);
        }
    }
}
