//! Shims that serve in processes of their own, which can be killed. Such a process is this test
//! program, told to run one test.

use crate::LONG;
use crate::ours::{accumulator, faulty, sleeper};
use first_class_host::backends::nats::Servers;
use first_class_host::serving::nats::Serving;
use first_class_host::{Limits, Shim, Source};
use first_class_tests::guest;
use std::env;
use std::fmt;
use std::fs::{self, File};
use std::io::{Read, stdin};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

/// Where the process finds the NATS server, and where it writes what it does.
const URL: &str = "FIRST_CLASS_TEST_NATS";
const LOG: &str = "FIRST_CLASS_TEST_LOG";
const LEASE: &str = "FIRST_CLASS_TEST_LEASE";

/// A shim in a process of its own, which serves what [`shim`] has. It is killed with this.
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts one, which writes into a folder, and waits until it serves.
    pub(crate) fn start(url: &str, lease: Duration, folder: &Path, name: &str) -> Self {
        let log = folder.join(name);
        let program = env::current_exe().expect("runs");
        let child = Command::new(program)
            .args([
                "--exact",
                "shims::a_process_of_its_own",
                "--ignored",
                "--nocapture",
            ])
            .env(URL, url)
            .env(LOG, &log)
            .env(LEASE, lease.as_millis().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        let process = Process {
            child: child.expect("runs"),
            log,
        };
        let started = Instant::now();
        while !process.log().contains("it serves") {
            assert!(
                started.elapsed() < LONG,
                "it does not serve: {}",
                process.log()
            );
            sleep(Duration::from_millis(10));
        }
        process
    }

    /// What it has written.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Where it writes that.
    pub(crate) fn path(&self) -> PathBuf {
        self.log.clone()
    }

    /// Kills it, as the system would; what time it was before.
    pub(crate) fn kill(mut self) -> u128 {
        let now = now();
        self.child.kill().expect("runs");
        self.child.wait().expect("ends");
        now
    }

    /// Tells it to end, and waits until it has.
    pub(crate) fn end(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().expect("ends").success());
    }

    /// Stops it as it is.
    pub(crate) fn stop(&self) {
        first_class_peers::stop(self.child.id()).expect("runs");
    }

    /// Lets it go on.
    pub(crate) fn go_on(&self) {
        first_class_peers::signal(self.child.id(), "-CONT").expect("runs");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The time, in microseconds, by the clock that all processes have.
pub(crate) fn now() -> u128 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("is later").as_micros()
}

struct Clock;

impl FormatTime for Clock {
    fn format_time(&self, w: &mut Writer<'_>) -> fmt::Result {
        write!(w, "{}", now())
    }
}

/// How long what never returns may take.
pub(crate) const SHORT: Duration = Duration::from_secs(1);

/// A shim with `sum` and `faulty`, and with `sums/*`, `faults/*` and `naps/*`, which are named. What is
/// also `spinning` has little time.
pub(crate) fn shim() -> Shim {
    let within = |deadline| Limits::default().deadline(deadline);
    let file = |package| Source::file(guest(package)).limits(within(LONG));
    let spinning = || file("test-faulty").limits(within(SHORT));
    let builder = Shim::builder()
        .source("sum", file("test-sum"))
        .source("faulty", file("test-faulty"))
        .source("spinning", spinning())
        .source("sums/*", file("test-sum").named())
        .source("faults/*", file("test-faulty").named())
        .source("faults/spinning/*", spinning().named())
        .source("naps/*", file("test-sleeper").named());
    builder.build().expect("builds")
}

/// All that it has, to be served.
pub(crate) fn serving(shim: &Shim) -> Serving {
    Serving::of(shim)
        .source("sum", accumulator::WORLD)
        .source("faulty", faulty::WORLD)
        .source("spinning", faulty::WORLD)
        .source("sums/*", accumulator::WORLD)
        .source("faults/*", faulty::WORLD)
        .source("faults/spinning/*", faulty::WORLD)
        .source("naps/*", sleeper::WORLD)
}

#[test]
#[ignore = "other tests run it, in a process of its own"]
fn a_process_of_its_own() {
    let (Ok(url), Ok(log), Ok(lease)) = (env::var(URL), env::var(LOG), env::var(LEASE)) else {
        return;
    };
    let log = File::create(log).expect("is a path");
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(log))
        .with_ansi(false)
        .with_timer(Clock)
        .with_env_filter("first_class_host::serving::nats=info,nats=info")
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("is the first");
    let lease = Duration::from_millis(lease.parse().expect("is a number"));
    let shim = shim();
    let server = serving(&shim)
        .lease(lease)
        .nats(Servers::at([url]))
        .expect("serves");
    tracing::info!(server = server.id(), "it serves");
    // Until whoever has started it lets go, in order or not.
    let _ = stdin().read_to_end(&mut Vec::new());
    server.end();
}
