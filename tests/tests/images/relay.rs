//! A relay between clients and the daemon that can cut connections.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A relay. It cuts the connection over which a certain number of bytes has passed.
#[derive(Clone, Debug)]
pub(crate) struct Relay {
    port: u16,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    passed: AtomicU64,
    /// The number of bytes after which the next connection is cut.
    cut_at: AtomicU64,
    cuts: AtomicU64,
}

impl Relay {
    pub(crate) fn start(target: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let state =
            Arc::new(State { passed: AtomicU64::new(0), cut_at: AtomicU64::new(u64::MAX), cuts: AtomicU64::new(0) });
        let relay = Self { port: listener.local_addr().unwrap().port(), state: Arc::clone(&state) };
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (Ok(client), Ok(server)) = (client, TcpStream::connect((Ipv4Addr::LOCALHOST, target))) else {
                    continue;
                };
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let state = Arc::clone(&state);
                    std::thread::spawn(move || state.pass(from, to));
                }
            }
        });
        relay
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Cuts a connection after more bytes have passed in any direction.
    pub(crate) fn cut_after(&self, bytes: u64) {
        let passed = self.state.passed.load(Ordering::SeqCst);
        self.state.cut_at.store(passed + bytes, Ordering::SeqCst);
    }

    /// The number of connections that were cut.
    pub(crate) fn cuts(&self) -> u64 {
        self.state.cuts.load(Ordering::SeqCst)
    }
}

impl State {
    fn pass(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = vec![0; 16 << 10];
        while let Ok(count) = from.read(&mut buffer) {
            if count == 0 {
                break;
            }
            let passed = self.passed.fetch_add(count as u64, Ordering::SeqCst) + count as u64;
            let cut_at = self.cut_at.load(Ordering::SeqCst);
            if passed >= cut_at
                && self.cut_at.compare_exchange(cut_at, u64::MAX, Ordering::SeqCst, Ordering::SeqCst).is_ok()
            {
                self.cuts.fetch_add(1, Ordering::SeqCst);
                let _ = from.shutdown(Shutdown::Both);
                break;
            }
            if to.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    }
}
