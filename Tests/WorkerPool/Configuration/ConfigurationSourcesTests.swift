import Testing

@testable import WorkerPool

@Suite struct ConfigurationSourcesTests {
    @Test func `with no source at all there is one pool on the local Redis`() throws {
        let loaded = try Sample.load()
        let expected = Configuration(
            pools: [
                PoolConfiguration(
                    workers: 4, python: PythonConfiguration(interpreter: "/usr/bin/python3"))
            ])
        #expect(loaded.configuration == expected)
        #expect(
            loaded.notices == [
                "no /etc/rqd.conf: redis://127.0.0.1:6379/0; "
                    + "pool default with 4 workers on default, /usr/bin/python3"
            ])
    }

    @Test func `a file without pools has the default pool and says nothing of it`() throws {
        let loaded = try Sample.load("[log]\nlevel = \"debug\"")
        #expect(loaded.configuration.pools.map(\.name) == ["default"])
        #expect(loaded.configuration.log.level == .debug)
        #expect(loaded.notices.isEmpty)
    }

    @Test func `a pool that does not say how many workers has one per core`() throws {
        let loaded = try Sample.load("[pool.web]\n[pool.mail]\nworkers = 0")
        #expect(loaded.configuration.pools.map(\.name) == ["web", "mail"])
        #expect(loaded.configuration.pools.map(\.workers) == [4, 0])
    }

    @Test func `each source wins over those before it, and is remembered`() throws {
        let steps:
            [(text: String, dropIns: [String], variables: [String: String], flags: [Override])] = [
                ("", [], ["RQ_KEY_PREFIX": "rq0"], []),
                ("[redis]\nkey_prefix = \"file\"", [], ["RQ_KEY_PREFIX": "rq0"], []),
                ("[redis]\nkey_prefix = \"file\"", ["[redis]\nkey_prefix = \"one\""], [:], []),
                ("", ["redis.key_prefix = \"one\"", "redis.key_prefix = \"two\""], [:], []),
                ("", ["redis.key_prefix = \"one\""], ["RQD_REDIS_KEY_PREFIX": "variable"], []),
                (
                    "", [], ["RQD_REDIS_KEY_PREFIX": "variable"],
                    [Override("redis.key_prefix", "flag")]
                ),
            ]
        let outcomes = try steps.map { step in
            let loaded = try Sample.load(
                step.text, dropIns: step.dropIns, environment: step.variables,
                overrides: step.flags)
            return
                "\(loaded.configuration.redis.keyPrefix) \(loaded.origin(of: "redis.key_prefix"))"
        }
        #expect(
            outcomes == [
                "rq0 RQ_KEY_PREFIX", "file /etc/rqd.conf:2:14", "one /etc/rqd.conf.d/1.conf:2:14",
                "two /etc/rqd.conf.d/2.conf:1:20", "variable RQD_REDIS_KEY_PREFIX", "flag --set",
            ])
    }

    @Test func `a pool's Python is that of all pools with its own keys on top`() throws {
        let loaded = try Sample.load(
            """
            [pool.web.python]
            directory = "/srv/web"
            environment = { B = "web" }
            [python]
            preload = ["app"]
            directory = "/srv/all"
            environment = { A = "all", B = "all" }
            [pool.mail]
            """)
        let pools = loaded.configuration.pools
        let web = try #require(pools.first { $0.name == "web" }?.python)
        let mail = try #require(pools.first { $0.name == "mail" }?.python)
        #expect(web.directory == "/srv/web")
        #expect(web.preload == ["app"])
        #expect(web.environment == ["A": "all", "B": "web"])
        #expect(mail.directory == "/srv/all")
        #expect(mail.environment == ["A": "all", "B": "all"])
        #expect(loaded.origin(of: "pool.web.python.preload").description == "/etc/rqd.conf:5:11")
    }

    @Test func `every key can be set by a variable`() throws {
        let loaded = try Sample.load(
            "[pool.big-jobs]",
            environment: [
                "RQD_REDIS_URL": "unix:///r.sock", "RQD_PYTHON_INTERPRETER": "/opt/python",
                "RQD_PYTHON_ENVIRONMENT_tz": "UTC", "RQD_LOG_LEVEL": "error",
                "RQD_POOL_BIG_JOBS_WORKERS": "9", "RQD_POOL_BIG_JOBS_QUEUES": "high, low",
                "RQD_POOL_BIG_JOBS_STOP_TIMEOUT": "90",
                "RQD_POOL_BIG_JOBS_JOB_DESCRIPTIONS": "false",
                "RQD_POOL_BIG_JOBS_PYTHON_PRELOAD": "app.tasks",
                "RQD_POOL_BIG_JOBS_PYTHON_ENVIRONMENT_A_B": "1",
            ])
        let python = PythonConfiguration(
            interpreter: "/opt/python", preload: ["app.tasks"],
            environment: ["tz": "UTC", "A_B": "1"])
        #expect(
            loaded.configuration
                == Configuration(
                    redis: RedisConfiguration(url: "unix:///r.sock"),
                    pools: [
                        PoolConfiguration(
                            name: "big-jobs", workers: 9, queues: ["high", "low"], python: python,
                            stopTimeout: .seconds(90), jobDescriptions: false)
                    ], log: LogConfiguration(level: .error)))
    }

    @Test func `variables alone make a pool if they name its queues`() throws {
        let loaded = try Sample.load(
            environment: ["RQD_POOL_MAIL_QUEUES": "mail", "RQD_POOL_MAIL_WORKERS": "2"])
        #expect(loaded.configuration.pools.map(\.name) == ["mail"])
        #expect(loaded.configuration.pools.first?.queues == ["mail"])
        #expect(
            try Sample.load(environment: ["RQD_POOL_DEFAULT_WORKERS": "2"])
                .configuration.pools.map(\.workers) == [2])
    }

    @Test func `a misspelt variable is refused`() {
        let complaints = Sample.complaints(
            "[pool.web]",
            environment: [
                "RQD_REDIS_ULR": "redis://h", "RQD_POOL_WBE_WORKERS": "2",
                "RQD_LOG_LEVEL": "loud", "RQD_POOL_WEB_WORKERS": "many",
            ])
        #expect(
            complaints == [
                "RQD_LOG_LEVEL: log.level must be \"debug\", \"info\", \"notice\", \"warning\" or "
                    + "\"error\", not \"loud\"",
                "RQD_POOL_WBE_WORKERS: unknown pool wbe; did you mean web? "
                    + "A new pool needs pool.wbe.queues as well",
                "RQD_POOL_WEB_WORKERS: pool.web.workers must be a whole number from 0 to 4096, "
                    + "not \"many\"",
                "RQD_REDIS_ULR: unknown variable; did you mean RQD_REDIS_URL?",
            ])
    }

    @Test func `a variable that two pools share is refused`() {
        #expect(
            Sample.complaints("[pool.a-b]\n[pool.a_b]", environment: ["RQD_POOL_A_B_WORKERS": "1"])
                == [
                    "RQD_POOL_A_B_WORKERS: could be pool.a-b.workers and pool.a_b.workers; "
                        + "use a file or a flag"
                ])
    }

    @Test func `a variable of something else is left alone and said`() throws {
        let loaded = try Sample.load(
            "", environment: ["RQD_SERVICE_HOST": "10.0.0.1", "RQDX": "1", "RQD_REDIS_URL": ""])
        #expect(loaded.notices == ["RQD_SERVICE_HOST is no variable of rqd; ignored"])
        #expect(loaded.configuration.redis == RedisConfiguration())
    }

    @Test func `a flag may hold a list as it is`() throws {
        let override = Override("python.path", list: ["/a,b", "/c"], flag: "--path")
        let loaded = try Sample.load(overrides: [override])
        #expect(loaded.configuration.pools.first?.python.path == ["/a,b", "/c"])
        #expect(loaded.origin(of: "python.path").description == "--path")
    }

    @Test func `a flag is split at its first equals sign`() throws {
        let override = try #require(Override(argument: "redis.url=unix:///r.sock?db=2"))
        #expect(override == Override("redis.url", "unix:///r.sock?db=2"))
        #expect(Override(argument: "redis.url") == nil)
        #expect(Override(argument: "=x") == nil)
    }

    @Test func `a flag with an unknown key or pool is refused`() {
        let overrides = [
            Override("redis.ulr", "x"), Override("pool.wbe.workers", "1"), Override("", "x"),
        ]
        #expect(
            Set(Sample.complaints("[pool.web]", overrides: overrides)) == [
                "--set: unknown key redis.ulr; did you mean redis.url?",
                "--set: unknown pool wbe; did you mean web? "
                    + "A new pool needs pool.wbe.queues as well",
                "--set: unknown key \"\"",
            ])
    }

    @Test func `an empty text takes an optional value away again`() throws {
        let loaded = try Sample.load(
            "[python]\ndirectory = \"/srv\"\n[pool.web]\nmax_jobs = 5",
            dropIns: ["python.directory = \"\"\npool.web.max_jobs = 0"])
        #expect(loaded.configuration.pools.first?.python.directory == nil)
        #expect(loaded.configuration.pools.first?.maxJobs == nil)
    }

    @Test(arguments: [
        ([:], "/usr/bin/python3"),
        (["VIRTUAL_ENV": "/srv/venv"], "/srv/venv/bin/python"),
        (
            ["RQD_PYTHON_INTERPRETER": "python3.12", "PATH": "bin:/usr/bin:/usr/local/bin"],
            "/usr/local/bin/python3.12"
        ),
        (["RQD_PYTHON_INTERPRETER": "pypy3", "PATH": "/usr/bin"], "pypy3"),
    ])
    func `a bare interpreter is looked for in PATH`(variables: [String: String], expected: String)
        throws
    {
        let loaded = try Sample.load(environment: variables)
        #expect(loaded.configuration.pools.first?.python.interpreter == expected)
    }

    @Test(arguments: [
        (true, [:], "/run/rqd/control.sock"),
        (true, ["RUNTIME_DIRECTORY": "/run/rqd2:/run/x"], "/run/rqd2/control.sock"),
        (false, ["RUNTIME_DIRECTORY": "/run/rqd"], "/run/rqd/control.sock"),
        (false, ["XDG_RUNTIME_DIR": "/run/user/7"], "/run/user/7/rqd/control.sock"),
        (false, [:], ""),
    ])
    func `the control socket is where this user may make one`(
        isRoot: Bool, variables: [String: String], expected: String
    ) throws {
        var machine = Sample.machine
        machine.isRoot = isRoot
        let loaded = try Sample.load(environment: variables, on: machine)
        #expect(loaded.configuration.control.socket == expected)
    }

    @Test(arguments: [
        ("/etc/rqd/web.conf", [:], "/run/rqd-web/control.sock"),
        ("/etc/rqd/web.conf", ["XDG_RUNTIME_DIR": "/run/user/7"], "/run/rqd-web/control.sock"),
        ("/etc/rqd/web.conf", ["RUNTIME_DIRECTORY": "/run/x"], "/run/x/control.sock"),
        ("/etc/rqd/old/web.conf", [:], "/run/rqd/control.sock"),
        ("/srv/web.conf", [:], "/run/rqd/control.sock"),
    ])
    func `an instance's file says where its control socket is`(
        path: String, variables: [String: String], expected: String
    ) throws {
        let loaded = try Sample.load("", environment: variables, path: path)
        #expect(loaded.configuration.control.socket == expected)
    }
}
