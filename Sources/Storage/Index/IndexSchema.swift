import GRDB

/// The tables of the index; a change of them is a new version, made from the files.
enum IndexSchema {
  static func create(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS session (
          id TEXT PRIMARY KEY, createdAt REAL NOT NULL, record BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS journal (
          session TEXT NOT NULL, attempt INTEGER NOT NULL, position BLOB NOT NULL,
          resumedFrom INTEGER, damage TEXT, step INTEGER, epoch REAL, time REAL,
          PRIMARY KEY (session, attempt)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS series (
          id INTEGER PRIMARY KEY, session TEXT NOT NULL, key TEXT NOT NULL,
          attempt INTEGER NOT NULL, segment INTEGER NOT NULL, cutoff INTEGER,
          count INTEGER NOT NULL DEFAULT 0, lastStep INTEGER, lastValue REAL,
          UNIQUE (session, key, attempt, segment)
        );
        CREATE TABLE IF NOT EXISTS block (
          series INTEGER NOT NULL, level INTEGER NOT NULL, first INTEGER NOT NULL,
          count INTEGER NOT NULL, lastStep INTEGER NOT NULL, data BLOB NOT NULL,
          PRIMARY KEY (series, level, first)
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS blockBySteps ON block (series, lastStep, first)
          WHERE level = 0;
        CREATE TABLE IF NOT EXISTS picture (
          session TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, step INTEGER NOT NULL,
          attempt INTEGER NOT NULL, payload BLOB NOT NULL,
          PRIMARY KEY (session, kind, key, step)
        );
        PRAGMA user_version = \(Index.version);
        """)
  }
}
