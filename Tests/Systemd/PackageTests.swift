import TestSupport
import Testing

/// The Debian package, handled as an administrator does; made by `scripts/deb` before the tests.
@Suite(.serialized, .packagedService)
struct PackageTests {
    let service: InstalledService
    var box: SystemdBox { service.box }

    init() throws {
        service = try #require(ServiceScope.current)
        try box.run("sh", "-c", "apt-get purge -y rqd; systemctl restart test-redis")
        try box.run(
            "sh", "-c",
            """
            set -e
            cd /tmp
            [ ! -e rqd_old.deb ] || exit 0
            cp "$(ls -t "$0"/.build/deb/rqd_*.deb | head -n 1)" rqd_new.deb
            dpkg-deb -R rqd_new.deb old
            sed -i 's/^Version: .*/Version: 0.0.1-1/' old/DEBIAN/control
            sed -i '1i # as shipped with the old version' old/etc/rqd.conf
            dpkg-deb -Znone -b old rqd_old.deb
            rm -rf old
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

    @Test func `jobs run, and the exposure of the units is below 2`() throws {
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
            #expect(level < 2)
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

    @Test func `an upgrade keeps the changed configuration and fails no job`() throws {
        try install("old")
        try configure()
        try box.run("systemctl", "enable", "--now", "rqd")
        try box.run("systemctl", "start", "rqd@web")
        let job = try service.enqueue("nap", "3")
        try service.wait(for: "the job's start") { try service.status(of: job) == "started" }
        let (first, web) = (try service.property("MainPID"), try mainPID("rqd@web"))
        try install("new")
        #expect(try service.status(of: job) == "finished")
        #expect(try box.run("cat", "/etc/rqd.conf") == service.configuration())
        #expect(try box.run("ls", "/etc/rqd.conf.dpkg-dist") == "/etc/rqd.conf.dpkg-dist\n")
        try service.wait(for: "active") { try service.property("ActiveState") == "active" }
        #expect(try service.property("MainPID") != first)
        let after = try mainPID("rqd@web")
        #expect(after != web && after != "0")
        let next = try service.enqueue("say", "after the upgrade")
        try service.wait(for: "the next job") { try service.status(of: next) == "finished" }
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
}
