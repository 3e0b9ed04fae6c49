import TestSupport
import Testing

/// The Debian package, handled as an administrator does; made by `scripts/deb` before the tests.
@Suite(.serialized, .packagedService)
struct PackageTests {
    let service: InstalledService
    var box: SystemdBox { service.box }

    init() throws {
        service = try #require(ServiceScope.current)
        try box.run(
            "sh", "-c",
            "rm -f /usr/sbin/policy-rc.d; apt-get purge -y rqd; systemctl restart test-redis")
        try box.run(
            "sh", "-c",
            """
            set -e
            cd /tmp
            [ ! -e rqd_old.deb ] || exit 0
            cp "$(ls -t "$0"/.build/deb/rqd_*.deb | head -n 1)" rqd_new.deb
            dpkg-deb -R rqd_new.deb tree
            # One that does not go together with what runs.
            sed -i 's/^Version: .*/Version: 0.2.0-1/' tree/DEBIAN/control
            mv tree/usr/bin/rqd tree/usr/libexec/rqd/rqd
            cat > tree/usr/bin/rqd <<'END'
            #!/bin/sh
            case "$*" in *--tries-handover*) echo too new; exit 76 ;; esac
            exec /usr/libexec/rqd/rqd "$@"
            END
            chmod 755 tree/usr/bin/rqd
            dpkg-deb -Znone -b tree rqd_other.deb
            mv tree/usr/libexec/rqd/rqd tree/usr/bin/rqd
            sed -i 's/^Version: .*/Version: 0.0.1-1/' tree/DEBIAN/control
            LC_ALL=C sed -i 's/0[.]1[.]0/0.0.1/g' tree/usr/bin/rqd
            sed -i '1i # as shipped with the old version' tree/etc/rqd.conf
            dpkg-deb -Znone -b tree rqd_old.deb
            rm -rf tree
            """, PackageRoot.path)
    }

    @Test func `a fresh package starts nothing, and brings its pages and completions`() throws {
        let said = try install("new")
        #expect(said.contains("rqd.service is a disabled or a static unit, not starting it"))
        #expect(try service.property("ActiveState") == "inactive")
        #expect(try box.run("rqd", "--version") == "rqd 0.1.0\n")
        #expect(try box.run("rqd", "check").contains("configuration is right"))
        #expect(try box.run("getent", "passwd", "rqd").contains(":/var/lib/rqd:"))
        for file in [
            "/usr/share/man/man8/rqd.8.gz", "/usr/share/man/man5/rqd.conf.5.gz",
            "/usr/share/bash-completion/completions/rqd", "/usr/share/zsh/vendor-completions/_rqd",
            "/usr/share/fish/vendor_completions.d/rqd.fish", "/usr/lib/systemd/catalog/rqd.catalog",
        ] {
            #expect(try box.run("sh", "-c", "dpkg -L rqd | grep -x \(file)") == "\(file)\n")
        }
        let units = try box.run(
            "sh", "-c",
            "systemd-analyze verify --man=no rqd.service rqd@web.service 2>&1 | "
                + "grep rqd || :")
        #expect(units == "")
    }

    @Test func `jobs run, and the exposure of the units is 1.5 at most`() throws {
        try install("new")
        try configure()
        try box.run("systemctl", "enable", "--now", "rqd", "rqd@web")
        let job = try service.enqueue("everyday", "/var/lib/rqd/file")
        try service.wait(for: "the job") { try service.status(of: job) == "finished" }
        for unit in ["rqd", "rqd@web"] {
            let exposure = try box.run(
                "sh", "-c",
                "systemd-analyze security --no-pager \(unit) | "
                    + "sed -n 's/.*exposure level.*: \\([0-9.]*\\).*/\\1/p'")
            let level = try #require(Double(exposure.prefix { $0 != "\n" }), "\(exposure)")
            // A drop-in of these tests opens root's home where this tree lies there.
            let isBelowHome = PackageRoot.path.split(separator: "/").first == "root"
            #expect(level <= (isBelowHome ? 1.6 : 1.5))
        }
    }

    @Test func `an instance is found by its file and has a log of its own`() throws {
        try install("new")
        try configure()
        try box.run("systemctl", "start", "rqd", "rqd@web")
        let status = try box.run("rqd", "status", "-c", "/etc/rqd/web.conf")
        #expect(status.contains("web/3"), "\(status)")
        #expect(try box.run("rqd", "status").contains("default/3"))
        try box.run("systemctl", "stop", "rqd")
        #expect(try box.run("rqd", "status", "-c", "/etc/rqd/web.conf").contains("web/3"))
        #expect(throws: HarnessError.self) { try box.run("rqd", "status") }
    }

    @Test func `an upgrade of the package happens in place, while a job runs`() throws {
        try install("old")
        try configure()
        try box.run("systemctl", "enable", "--now", "rqd")
        try box.run("systemctl", "start", "rqd@web")
        let old = ["default": try workers(of: "default"), "web": try workers(of: "web")]
        let pids = (try mainPID("rqd"), try mainPID("rqd@web"))
        #expect(try version() == "0.0.1" && version(of: "rqd-web") == "0.0.1")
        let job = try service.enqueue("hold", "/var/lib/rqd/held")
        try service.wait(for: "the job's start") {
            try box.run("sh", "-c", "cat /var/lib/rqd/held || :") == "run\n"
        }
        let said = told(in: try install("new"))
        try #require(said.count == 2, "\(said)")
        #expect(said[0].hasPrefix("rqd.service: rqd 0.1.0 runs: default has new workers"))
        #expect(said[0].hasSuffix("; 1 worker ends after its job"))
        #expect(said[1].hasPrefix("rqd@web.service: rqd 0.1.0 runs: web has new workers"))
        #expect(try pids == (mainPID("rqd"), mainPID("rqd@web")))
        #expect(try version() == "0.1.0" && version(of: "rqd-web") == "0.1.0")
        #expect(try workers(of: "default").intersection(old["default"] ?? []).count == 1)
        #expect(try workers(of: "web").isDisjoint(with: old["web"] ?? []))
        #expect(try service.status(of: job) == "started")
        try box.write("/var/lib/rqd/held.go", "")
        try service.wait(for: "the job") { try service.status(of: job) == "finished" }
        #expect(try box.run("cat", "/var/lib/rqd/held") == "run\n")
        try service.wait(for: "four new workers") {
            let now = try workers(of: "default")
            return now.count == 4 && now.isDisjoint(with: old["default"] ?? [])
        }
        #expect(try !service.journal().contains("worker died"))
        #expect(try box.run("cat", "/etc/rqd.conf") == service.configuration())
        #expect(try box.run("ls", "/etc/rqd.conf.dpkg-dist") == "/etc/rqd.conf.dpkg-dist\n")
    }

    @Test func `a version that does not go together with what runs restarts it, after its jobs`()
        throws
    {
        try install("old")
        try configure()
        try box.run("systemctl", "start", "rqd")
        let first = try mainPID("rqd")
        let job = try service.enqueue("nap", "2")
        try service.wait(for: "the job's start") { try service.status(of: job) == "started" }
        let said = try install("other")
        let line = "rqd.service: restarted after its running jobs, not upgraded in place: too new"
        #expect(told(in: said) == [line])
        #expect(try service.status(of: job) == "finished")
        #expect(try mainPID("rqd") != first && version() == "0.1.0")
        let next = try service.enqueue("say", "after the upgrade")
        try service.wait(for: "the next job") { try service.status(of: next) == "finished" }
    }

    @Test func `a version that refuses the configuration leaves the old one at work`() throws {
        try install("old")
        try configure()
        try box.run("systemctl", "enable", "--now", "rqd")
        let first = try mainPID("rqd")
        try box.write("/etc/rqd.conf", "colour = 1\n" + service.configuration())
        let told = told(in: try install("new"))
        #expect(told.count == 1)
        let line = try #require(told.first)
        #expect(line.hasPrefix("rqd.service: not upgraded, its version goes on: /etc/rqd.conf:1:1"))
        #expect(line.hasSuffix("; when that is repaired: rqd upgrade"))
        #expect(try service.property("ActiveState") == "active")
        let job = try service.enqueue("say", "all the same")
        try service.wait(for: "the job") { try service.status(of: job) == "finished" }
        #expect(try version() == "0.0.1")
        try box.write("/etc/rqd.conf", service.configuration())
        try box.run("rqd", "upgrade")
        #expect(try mainPID("rqd") == first && version() == "0.1.0")
    }

    @Test func `a machine whose policy forbids restarts keeps what runs`() throws {
        try install("old")
        try configure()
        try box.run("systemctl", "start", "rqd")
        let first = try mainPID("rqd")
        try box.run(
            "install", "-m", "755", "/dev/stdin", "/usr/sbin/policy-rc.d",
            input: "#!/bin/sh\nexit 101\n")
        let line = "rqd.service: not upgraded, its version goes on: policy-rc.d forbids its restart"
        #expect(try told(in: install("new")).first?.hasPrefix(line) == true)
        #expect(try mainPID("rqd") == first && version() == "0.0.1")
    }

    @Test func `the journal explains a failure, and keeps a line's priority`() throws {
        try install("new")
        try configure()
        try box.run("systemctl", "start", "rqd")
        let failing = try service.enqueue("fail", "no reason")
        let loud = try service.enqueue("say", "<4>a warning of the job")
        for job in [failing, loud] {
            try service.wait(for: "the end of \(job)") {
                try ["finished", "failed"].contains(service.status(of: job))
            }
        }
        try service.wait(for: "the failure in the journal") {
            try service.journal("RQ_JOB_ID=\(failing)").contains("job failed")
        }
        let told = try box.run("rqd", "logs", "-x", failing)
        #expect(told.contains("Subject: A job has failed"), "\(told)")
        #expect(told.contains("rqd requeue \(failing)"), "\(told)")
        let warnings = try box.run(
            "journalctl", "-o", "cat", "-p", "warning", "RQ_JOB_ID=\(loud)")
        #expect(warnings == "a warning of the job\n")
    }

    @Test func `remove keeps the configuration, purge leaves nothing`() throws {
        try install("new")
        try configure()
        try box.run("systemctl", "enable", "--now", "rqd", "rqd@web")
        try box.run("apt-get", "remove", "-y", "rqd")
        #expect(try box.run("sh", "-c", "ps -o pid= -u rqd || :") == "")
        #expect(try box.run("cat", "/etc/rqd.conf") == service.configuration())
        try box.run("apt-get", "purge", "-y", "rqd")
        let left = try box.run(
            "sh", "-c",
            """
            find /etc /usr /lib /var/lib /var/cache /run -name '*rqd*' \
                ! -path '/run/systemd/*' ! -path '/usr/src/*' ! -path "$0/*"
            getent passwd rqd; getent group rqd
            systemctl list-unit-files --no-legend 'rqd*'; :
            """, PackageRoot.path)
        #expect(left == "")
    }

    /// Installs one of the packages as a user types it, and keeps what the administrator changed.
    @discardableResult
    private func install(_ which: String) throws -> String {
        try box.run(
            "sh", "-c",
            "cd /tmp && DEBIAN_FRONTEND=noninteractive apt-get install -y "
                + "-o Dpkg::Options::=--force-confold ./rqd_\(which).deb 2>&1")
    }

    /// Writes the configuration of the service and of the instance `web`.
    private func configure() throws {
        try box.write("/etc/rqd.conf", service.configuration())
        try box.write("/etc/rqd/web.conf", service.configuration(pool: "web"))
        for unit in ["rqd", "rqd@"] {
            try box.write(
                "/run/systemd/system/\(unit).service.d/test.conf",
                "[Service]\n\(InstalledService.visible)")
        }
        try box.run("systemctl", "daemon-reload")
    }

    private func mainPID(_ unit: String) throws -> String {
        let pid = try box.run("systemctl", "show", "--value", "--property", "MainPID", unit)
        return String(pid.prefix { $0 != "\n" })
    }

    /// The processes of a pool's workers.
    private func workers(of pool: String) throws -> Set<Substring> {
        Set(try box.run("pgrep", "-f", "^rqd: worker \(pool)/").split(separator: "\n"))
    }

    /// Which version it is that runs, as it says itself; `rqd-NAME` is an instance.
    private func version(of name: String = "rqd") throws -> String {
        let status = try box.run(
            "rqd", "status", "--json", "--socket", "/run/\(name)/control.sock")
        let start = status.firstRange(of: "\"version\":\"")?.upperBound ?? status.endIndex
        return String(status[start...].prefix { $0 != "\"" })
    }

    /// The lines about services in what apt has said.
    private func told(in said: String) -> [String] {
        said.split(whereSeparator: \.isNewline).map(String.init).filter {
            $0.hasPrefix("rqd") && $0.contains(".service: ")
        }
    }
}
