"""Nodes as processes of this machine, for scripts that grow a network of them or break it."""
import json, os, shutil, signal, socket, subprocess, sys, tempfile, time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGALRM]


def say(text):
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)


def free_addresses(count):
    """Loopback addresses whose ports are free, each another."""
    ports = [socket.socket() for _ in range(count)]
    for port in ports: port.bind(("127.0.0.1", 0))
    addresses = ["127.0.0.1:%d" % port.getsockname()[1] for port in ports]
    for port in ports: port.close()
    return addresses


class Nodes:
    """The nodes of one network, each a process with a directory of its own, named by its member.
    Below `place` are `network.json`, `keys/MEMBER` and a directory and a log for each."""

    def __init__(self, place, program):
        self.place, self.program = Path(place), program
        self.processes = {}

    @property
    def network_file(self):
        return self.place / "network.json"

    def directory(self, member):
        return self.place / member

    def keys(self, member):
        return self.place / "keys" / member

    def key(self, member):
        return "%s=%s" % (member, self.keys(member) / "member.pem")

    def create(self, template):
        """Makes the network of a template, with keys for its members."""
        file = self.place / "template.json"
        file.write_text(json.dumps(template))
        self.run("network", "create", "--template", file, "--keys", self.place / "keys",
                 "--out", self.network_file)

    def set_up(self, member, *words):
        self.run("node", "init", *words, "--network", self.network_file, "--as", member,
                 "--keys", self.keys(member), "-d", self.directory(member))

    def run(self, *words, check=True, timeout=120):
        result = subprocess.run([self.program, *map(str, words)], capture_output=True, text=True,
                                timeout=timeout)
        if check and result.returncode != 0:
            raise SystemExit("%s: exit %d\n%s" % (
                " ".join(map(str, words)), result.returncode, result.stderr))
        return result

    def ask(self, member, *words, check=True):
        """What the running node of a member answers; None if it does not and `check` is off."""
        result = self.run(*words, "--json", "-d", self.directory(member),
                          "--node", self.directory(member), check=check)
        return json.loads(result.stdout) if result.returncode == 0 else None

    def status(self, member):
        return self.ask(member, "status", check=False)

    def height(self, member):
        status = self.status(member)
        return status["asOf"]["height"] if status else None

    # Processes

    def start(self, *members):
        for member in members:
            log = open(self.place / (member + ".log"), "a")
            self.processes[member] = subprocess.Popen(
                self.words(member), stdout=log, stderr=log, start_new_session=True)

    def words(self, member):
        return [self.program, "node", "run", "-d", str(self.directory(member))]

    def end(self, member, number=signal.SIGTERM):
        self.send(member, number)
        self.wait_ended(member)

    def send(self, member, number):
        process = self.processes[member]
        if process.poll() is None:
            os.killpg(process.pid, number)

    def wait_ended(self, member):
        try:
            self.processes[member].wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.send(member, signal.SIGKILL)
            self.processes[member].wait()
            say("%s did not stop in order and was killed" % member)
        del self.processes[member]

    def stop(self):
        # One signal each: a second one ends a node at once.
        for member in self.processes:
            self.send(member, signal.SIGTERM)
        for member in list(self.processes):
            self.wait_ended(member)

    # Waiting

    def wait(self, what, condition, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.1)
        for member in self.processes:
            status = self.status(member)
            say("%s: %s" % (member, status and (status["asOf"]["height"], status["node"])))
        raise SystemExit("failed: %s within %d s" % (what, seconds))

    def wait_even(self, seconds=60):
        def even():
            heights = [self.height(member) for member in self.processes]
            return None not in heights and len(set(heights)) == 1
        self.wait("all nodes at one height", even, seconds)

    # The end

    def stop_and_check(self, vehicles=None, operations=None):
        """All running nodes come to one height and have the same numbers of vehicles and operations,
        those that are given; stopped, each is audited, and their block files are equal."""
        self.wait_even()
        states = {member: self.status(member) for member in self.processes}
        self.stop()
        for what, expected in [("vehicles", vehicles), ("operations", operations)]:
            found = {member: status[what] for member, status in states.items()}
            assert len(set(found.values())) == 1, (what, found)
            assert expected is None or expected in found.values(), (what, expected, found)
        logs = {}
        for member in states:
            self.run("audit", "verify", "-d", self.directory(member), timeout=1200)
            blocks = sorted((self.directory(member) / "blocks").iterdir())
            sums = subprocess.run(["sha256sum", *map(str, blocks)], check=True, capture_output=True,
                                  text=True)
            logs[member] = [line.split()[0] for line in sums.stdout.splitlines()]
        first = next(iter(logs.values()))
        assert all(log == first for log in logs.values()), "block files differ: %s" % logs
        say("sound: %d block files equal on %d nodes, all audited" % (len(first), len(logs)))


def with_program(name, work):
    """Calls `work` with a directory of its own and the release of `hypothec` (or the program that the
    variable HYPOTHEC names). The directory goes when the work succeeds, and is kept and told of when
    it does not."""
    for number in SIGNALS:
        signal.signal(number, ask_to_end)
    program = os.environ.get("HYPOTHEC") or built_program()
    place = tempfile.mkdtemp(prefix="hypothec-%s." % name)
    try:
        work(place, program)
    except BaseException:
        print("The network's directory is kept: %s" % place, file=sys.stderr)
        raise
    shutil.rmtree(place)


def built_program():
    subprocess.run([HERE / "scripts/build", "hypothec"], check=True, stdout=sys.stderr)
    path = subprocess.run(
        [HERE / "scripts/build", "--path"], check=True, capture_output=True, text=True, cwd=HERE)
    return str(HERE / path.stdout.strip() / "hypothec")


def ask_to_end(number, _):
    """Nodes have sessions of their own and outlive this process, unless a `finally` ends them."""
    # Once is enough: a second signal must not cut the clearing up short.
    for again in SIGNALS:
        signal.signal(again, signal.SIG_IGN)
    raise SystemExit("ended by %s" % signal.Signals(number).name)
