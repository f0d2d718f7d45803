using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using RecoService.Storage.Sqlite;

namespace RecoService.Storage.Migrations;

/// <summary>The first schema. Written as SQL: AUTOINCREMENT, WITHOUT ROWID and the choice of indexes are the point of it.</summary>
[DbContext(typeof(SqliteRecoDbContext))]
[Migration("20261101000000_Initial")]
internal sealed class SqliteInitial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE change_counter (value INTEGER NOT NULL);
        INSERT INTO change_counter (value) VALUES (0);

        CREATE TABLE users (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            attributes_json TEXT,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL);

        CREATE TABLE items (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            listed INTEGER NOT NULL,
            title TEXT,
            description TEXT,
            categories_json TEXT NOT NULL DEFAULT '[]',
            price TEXT,
            currency TEXT,
            available INTEGER NOT NULL DEFAULT 1,
            hidden INTEGER NOT NULL DEFAULT 0,
            added_at INTEGER,
            group_id TEXT,
            image_url TEXT,
            attributes_json TEXT,
            deleted_at INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            revision INTEGER NOT NULL DEFAULT 0,
            change INTEGER NOT NULL);
        CREATE INDEX items_change ON items (change);

        CREATE TABLE kinds (
            key INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE);

        CREATE TABLE interactions (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            user_key INTEGER NOT NULL,
            item_key INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            value REAL,
            occurred_at INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            session_id TEXT,
            order_id TEXT,
            quantity REAL,
            unit_price TEXT,
            recommendation_id TEXT,
            fingerprint INTEGER NOT NULL,
            change INTEGER NOT NULL);
        CREATE INDEX interactions_user ON interactions (user_key, occurred_at);
        CREATE INDEX interactions_change ON interactions (change);

        CREATE TABLE ratings (
            user_key INTEGER NOT NULL,
            item_key INTEGER NOT NULL,
            value REAL NOT NULL,
            occurred_at INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            session_id TEXT,
            order_id TEXT,
            quantity REAL,
            unit_price TEXT,
            recommendation_id TEXT,
            change INTEGER NOT NULL,
            PRIMARY KEY (user_key, item_key)) WITHOUT ROWID;
        CREATE INDEX ratings_change ON ratings (change);

        CREATE TABLE tombstones (
            user_key INTEGER PRIMARY KEY,
            erased_at INTEGER NOT NULL,
            change INTEGER NOT NULL);
        CREATE INDEX tombstones_change ON tombstones (change);

        CREATE TABLE impressions (
            recommendation_id TEXT PRIMARY KEY,
            user_id TEXT NOT NULL,
            placement TEXT NOT NULL,
            variant TEXT,
            model_version INTEGER,
            configuration_version TEXT NOT NULL,
            occurred_at INTEGER NOT NULL,
            item_ids_json TEXT NOT NULL);
        CREATE INDEX impressions_user ON impressions (user_id);

        CREATE TABLE model_runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            holder TEXT NOT NULL,
            "trigger" TEXT NOT NULL,
            force INTEGER NOT NULL,
            stage TEXT NOT NULL,
            progress REAL NOT NULL,
            started_at INTEGER NOT NULL,
            finished_at INTEGER,
            outcome TEXT,
            reason TEXT,
            metrics_json TEXT,
            options_json TEXT,
            seed INTEGER NOT NULL,
            watermark TEXT,
            model_version INTEGER,
            cancel_requested INTEGER NOT NULL);

        CREATE TABLE leases (
            name TEXT PRIMARY KEY,
            holder TEXT,
            run_id INTEGER,
            expires_at INTEGER);
        INSERT INTO leases (name) VALUES ('retrain'), ('publish');

        CREATE TABLE models (
            version INTEGER PRIMARY KEY AUTOINCREMENT,
            run_id INTEGER,
            trainer TEXT NOT NULL,
            options_json TEXT NOT NULL,
            seed INTEGER NOT NULL,
            watermark TEXT NOT NULL,
            trained_through INTEGER,
            metrics_json TEXT,
            created_at INTEGER NOT NULL,
            size_bytes INTEGER NOT NULL,
            checksum TEXT NOT NULL);

        CREATE TABLE model_chunks (
            version INTEGER NOT NULL,
            part INTEGER NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (version, part));

        CREATE TABLE publications (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            model_version INTEGER NOT NULL,
            manifest_json TEXT NOT NULL,
            pinned INTEGER NOT NULL,
            published_at INTEGER NOT NULL,
            published_by TEXT NOT NULL,
            reason TEXT);
        """);
}
