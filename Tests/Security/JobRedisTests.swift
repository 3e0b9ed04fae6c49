import RedisKit
import TestSupport
import Testing

@testable import WorkerPool

/// As whom jobs connect to Redis.
@Suite struct JobRedisTests {
    @Test(arguments: [
        ("redis://user:pass@host:1/2", "redis://host:1/2"), ("redis://:p@ss@host", "redis://host"),
        ("redis://host/0", "redis://host/0"), ("unix://u:p@/run/r?db=1", "unix:///run/r?db=1"),
        ("rediss://h/0?password=x&ssl_cert_reqs=none", "rediss://h/0?ssl_cert_reqs=none"),
        ("unix:///s?username=u&password=p", "unix:///s"),
    ])
    func `nothing of rqd's own user is left in a URL`(url: String, expected: String) {
        #expect(RedisConfiguration.withoutUser(url) == expected)
    }

    @Test func `a pool's own user replaces all of rqd's, and an anonymous one has nothing`() {
        var redis = RedisConfiguration(url: "redis://user:pass@host/0")
        (redis.password, redis.passwordFile) = ("secret", "file")
        var pool = PoolConfiguration(name: "web")
        #expect(redis.forJobs(of: pool) == redis)
        var own = JobRedis()
        own.username = "web"
        pool.jobRedis = own
        let named = redis.forJobs(of: pool)
        #expect(named.url == "redis://host/0" && named.username == "web")
        #expect(named.password == nil && named.passwordFile == nil)
        own = JobRedis()
        own.anonymous = true
        pool.jobRedis = own
        let nobody = redis.forJobs(of: pool)
        #expect(nobody.username == nil && nobody.url == "redis://host/0")
    }

    /// What a job tries with its connection.
    private static let attack = """
        from rq import Queue, get_current_job


        def attempt(name, action, done):
            try:
                action()
                done.append(name)
            except Exception as error:
                if type(error).__name__ != 'NoPermissionError':
                    done.append('%s: %r' % (name, error))


        def run():
            own = get_current_job()
            redis, done = own.connection, []
            attempt('own', lambda: redis.set('web:key', '1'), done)
            attempt('push', lambda: redis.lpush('rq:queue:other', 'id'), done)
            attempt('enqueue', lambda: Queue('other', connection=redis).enqueue(print), done)
            attempt('rewrite', lambda: redis.hset('rq:job:x', 'data', b''), done)
            attempt('read', lambda: redis.hgetall('rq:job:x'), done)
            attempt('keys', lambda: redis.keys('*'), done)
            attempt('acl', lambda: redis.acl_setuser('web', enabled=True, keys=['*']), done)
            attempt('config', lambda: redis.config_set('dir', '/tmp'), done)
            attempt('script', lambda: redis.eval("return redis.call('keys', '*')", 0), done)
            attempt('monitor', lambda: redis.execute_command('CLIENT', 'KILL', 'TYPE', 'normal'), done)
            return ' '.join(done) + ' as ' + redis.execute_command('ACL', 'WHOAMI').decode()

        """

    /// The rules of SECURITY.md for a user of jobs, as ACL SETUSER takes them.
    private static let rules = [
        "on", ">of-the-jobs", "resetkeys", "resetchannels", "~web:*", "+@all", "-@admin",
        "-@dangerous", "-@scripting", "-@keyspace", "+del", "+exists", "+expire", "+ttl", "+type",
        "+unlink", "+ping",
    ]

    @Test(arguments: ["", "user = \"daemon\"\n"])
    func `a job of a pool with an ACL user of its own reaches its own keys and nothing of RQ's`(
        account: String
    ) throws {
        let daemon = try Attack.daemon(
            importing: Self.attack,
            pool: account + "[pool.default.redis]\nusername = \"web\"\n"
                + "password = \"of-the-jobs\"\n",
            wrapper: Attack.capable)
        try daemon.explain {
            var command = Command("ACL", "SETUSER", "web")
            command.append(contentsOf: Self.rules.map { .text($0) })
            try daemon.server.connect().call(command)
            try daemon.start(isAwaited: false)
            let job = try daemon.python(
                "print(Queue(connection=redis).enqueue('app.attack.run').id)")
            try daemon.waitFor("finished", of: job, within: .seconds(60))
            let done = try daemon.value(of: job)
            try #require(done == "'own as web'", "\(done)")
        }
    }
}
