import Testing

@testable import WorkerPool

@Suite struct SecretMaskTests {
    @Test(arguments: [
        ("redis://h:1/0", "redis://h:1/0"),
        ("redis://:secret@h:1/0", "redis://:***@h:1/0"),
        ("redis://anna:secret@h/0", "redis://anna:***@h/0"),
        ("redis://secret@h/0", "redis://***@h/0"),
        ("redis://:se@cr/et@h/0", "redis://:***@h/0"),
        ("redis:/anna:secret@h", "redis:***@h"),
        ("unix:///r.sock?db=1&password=secret", "unix:///r.sock?db=1&password=***"),
        ("unix:///r.sock?password=secret&db=1", "unix:///r.sock?password=***&db=1"),
        ("", ""),
    ])
    func `a password is hidden wherever it stands in a URL`(text: String, shown: String) {
        #expect(SecretMask.hiding(in: text) == shown)
    }

    @Test(arguments: ["DB_PASSWORD", "api_token", "SECRET_KEY", "AWS_SECRET", "APIKEY"])
    func `a variable with a secret's name is hidden whole`(name: String) {
        #expect(SecretMask.value("hunter2", of: name) == "***")
    }

    @Test func `a variable with another name is shown, but for URLs' passwords`() {
        #expect(SecretMask.value("app.settings", of: "DJANGO_SETTINGS_MODULE") == "app.settings")
        #expect(SecretMask.value("pg://u:p@h/d", of: "DATABASE_URL") == "pg://u:***@h/d")
    }
}
