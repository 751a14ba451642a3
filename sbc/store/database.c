/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Tells our files from other programs': "nsbc". */
enum { DATABASE_ID = 0x6e736263, STATEMENT_MAX = 2048 };

#define BAN_NAMES "network, reason, realm, sample, forged, strikes, since, until, dropped"

static enum database_end fail(struct database *d, enum database_end end, const char *why)
{
	snprintf(d->why, sizeof(d->why), "%s", why);
	return end;
}

/* What SQLite says it is. */
static enum database_end end_of(struct database *d, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return DATABASE_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail(d, DATABASE_LOCKED, "another program has it open");
	case SQLITE_CORRUPT:
		return fail(d, DATABASE_BROKEN, "damaged");
	case SQLITE_CANTOPEN:
		/* It was begun by root, or before there was the user that it is for. */
		if (sqlite3_system_errno(d->handle) == EACCES)
			return fail(d, DATABASE_FAILED, "it is another user's (chown)");
		return fail(d, DATABASE_FAILED, sqlite3_errmsg(d->handle));
	case SQLITE_NOTADB:
		return fail(d, DATABASE_BROKEN, "not a database");
	default:
		return fail(d, DATABASE_FAILED, d->handle ? sqlite3_errmsg(d->handle) : sqlite3_errstr(rc));
	}
}

static enum database_end run(struct database *d, const char *sql)
{
	return end_of(d, sqlite3_exec(d->handle, sql, NULL, NULL, NULL));
}

/* The one number that sql asks for. */
static enum database_end ask(struct database *d, const char *sql, int64_t *out)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(d->handle, sql, -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return end_of(d, rc);
}

/* --- the tables ----------------------------------------------------------------------------- */

static const char *type_of(enum record_kind kind)
{
	return kind == RECORD_TEXT || kind == RECORD_ADDR ? "TEXT" : "INTEGER";
}

static void names_write(struct writer *w, bool types)
{
	for (unsigned i = 0; i < RECORD_MEMBERS; i++) {
		writer_str(w, ", ");
		writer_str(w, record_members[i].name);
		if (types) {
			writer_byte(w, ' ');
			writer_str(w, type_of(record_members[i].kind));
		}
	}
}

static enum database_end make_tables(struct database *d)
{
	char sql[STATEMENT_MAX];
	struct writer w = writer_over(sql, sizeof(sql));

	writer_str(&w, "BEGIN; CREATE TABLE binding (slot INTEGER PRIMARY KEY");
	names_write(&w, true);
	writer_format(&w, "); PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT", DATABASE_ID,
		      DATABASE_VERSION);
	writer_byte(&w, '\0');
	return run(d, sql);
}

static enum database_end check_tables(struct database *d)
{
	int64_t id = 0, version = 0, tables = 0;
	enum database_end end = ask(d, "PRAGMA application_id", &id);

	if (!end)
		end = ask(d, "PRAGMA user_version", &version);
	if (!end)
		end = ask(d, "SELECT count(*) FROM sqlite_schema", &tables);
	if (end)
		return end;
	if (id == 0 && tables == 0)
		return make_tables(d);
	if (id != DATABASE_ID)
		return fail(d, DATABASE_BROKEN, "the database of another program");
	return version == DATABASE_VERSION ? DATABASE_OK
					   : fail(d, DATABASE_BROKEN, "of another version of this program");
}

/* Younger than the first files of this version: whoever reads those without them misses nothing. */
static enum database_end add_tables(struct database *d)
{
	enum database_end end = run(d, "CREATE TABLE IF NOT EXISTS call (row INTEGER PRIMARY KEY, data BLOB);"
				       "CREATE TABLE IF NOT EXISTS ban (row INTEGER PRIMARY KEY, network TEXT, "
				       "reason TEXT, realm TEXT, sample TEXT, forged INTEGER, strikes INTEGER, "
				       "since INTEGER, until INTEGER, dropped INTEGER);"
				       "CREATE TABLE IF NOT EXISTS self (id INTEGER PRIMARY KEY, instance TEXT)");

	return end == DATABASE_FAILED ? DATABASE_OK : end; /* of a disk that is full can be read */
}

static enum database_end prepare(struct database *d, const char *sql, sqlite3_stmt **out)
{
	return end_of(d, sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL));
}

static enum database_end prepare_all(struct database *d)
{
	char sql[STATEMENT_MAX];
	struct writer w = writer_over(sql, sizeof(sql));
	enum database_end end;

	writer_str(&w, "REPLACE INTO binding (slot");
	names_write(&w, false);
	writer_str(&w, ") VALUES (?");
	for (unsigned i = 0; i < RECORD_MEMBERS; i++)
		writer_str(&w, ",?");
	writer_str(&w, ")");
	writer_byte(&w, '\0');
	end = prepare(d, sql, &d->put);
	if (!end)
		end = prepare(d, "DELETE FROM binding WHERE slot = ?", &d->drop);
	if (!end)
		end = prepare(d, "REPLACE INTO call (row, data) VALUES (?,?)", &d->put_call);
	if (!end)
		end = prepare(d, "DELETE FROM call WHERE row = ?", &d->drop_call);
	if (!end)
		end = prepare(d, "REPLACE INTO ban (row, " BAN_NAMES ") VALUES (?,?,?,?,?,?,?,?,?,?)", &d->put_ban);
	if (!end)
		end = prepare(d, "DELETE FROM ban WHERE row = ?", &d->drop_ban);
	if (!end)
		end = prepare(d, "BEGIN IMMEDIATE", &d->begin);
	if (!end)
		end = prepare(d, "COMMIT", &d->commit);
	/* A file of ours whose tables are not as we made them. */
	return end == DATABASE_FAILED ? fail(d, DATABASE_BROKEN, "its tables are not as this program makes them") : end;
}

/* --- opening and closing -------------------------------------------------------------------- */

/* Its folder is made where only that is missing. SQLite would let everybody read the file. */
static enum database_end make_file(struct database *d, const char *path)
{
	char folder[DATABASE_PATH_MAX];
	const char *slash = strrchr(path, '/');
	struct stat st;
	int fd;

	if (stat(path, &st) == 0)
		return S_ISREG(st.st_mode) ? DATABASE_OK : fail(d, DATABASE_FAILED, "not a regular file");
	if (slash && slash != path && (size_t)(slash - path) < sizeof(folder)) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
		if (mkdir(folder, 0700) && errno != EEXIST) {
			snprintf(d->why, sizeof(d->why), "cannot make its folder: %s", strerror(errno));
			return DATABASE_FAILED;
		}
	}
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(d, DATABASE_FAILED, strerror(errno));
	close(fd);
	return DATABASE_OK;
}

/* Exclusive: one program at a time, and no shared memory beside the file. What is written survives the program at
 * once, and a loss of power but for the last moments. */
static enum database_end set_up(struct database *d)
{
	char sql[STATEMENT_MAX];

	sqlite3_extended_result_codes(d->handle, 1);
	sqlite3_busy_timeout(d->handle, DATABASE_LOCK_MS);
	snprintf(sql, sizeof(sql),
		 "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
		 "PRAGMA wal_autocheckpoint = %d; PRAGMA cache_size = -%d; PRAGMA temp_store = MEMORY",
		 DATABASE_WAL_PAGES, DATABASE_CACHE_KIB);
	return run(d, sql);
}

enum database_end database_open(struct database *d, const char *path)
{
	char why[DATABASE_WHY_MAX];
	enum database_end end;
	struct stat st;

	*d = (struct database){ .path = path };
	end = make_file(d, path);
	if (!end)
		end = end_of(d, sqlite3_open_v2(path, &d->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
	if (!end)
		end = set_up(d);
	if (!end)
		end = check_tables(d);
	if (!end)
		end = add_tables(d);
	if (!end)
		end = prepare_all(d);
	if (!end && stat(path, &st))
		end = fail(d, DATABASE_FAILED, strerror(errno));
	if (!end) {
		d->device = st.st_dev;
		d->inode = st.st_ino;
		return DATABASE_OK;
	}
	memcpy(why, d->why, sizeof(why));
	database_close(d);
	memcpy(d->why, why, sizeof(why));
	return end;
}

bool database_was_removed(const struct database *d)
{
	struct stat st;

	return stat(d->path, &st) != 0 || st.st_dev != d->device || st.st_ino != d->inode;
}

void database_close(struct database *d)
{
	sqlite3_finalize(d->put);
	sqlite3_finalize(d->drop);
	sqlite3_finalize(d->put_call);
	sqlite3_finalize(d->drop_call);
	sqlite3_finalize(d->put_ban);
	sqlite3_finalize(d->drop_ban);
	sqlite3_finalize(d->begin);
	sqlite3_finalize(d->commit);
	sqlite3_close(d->handle);
	*d = (struct database){ .path = d->path };
}

static int move_one(const char *path, const char *to, const char *ending)
{
	char old[DATABASE_PATH_MAX + 16], new[DATABASE_PATH_MAX + 16];

	snprintf(old, sizeof(old), "%s%s", path, ending);
	snprintf(new, sizeof(new), "%s%s", to, ending);
	return rename(old, new);
}

int database_move(struct database *d, const char *path, int64_t wall, char to[DATABASE_PATH_MAX])
{
	time_t when = (time_t)wall;
	struct tm tm = { 0 };
	int n;

	gmtime_r(&when, &tm);
	n = snprintf(to, DATABASE_PATH_MAX, "%s.%04d%02d%02dT%02d%02d%02dZ", path, tm.tm_year + 1900, tm.tm_mon + 1,
		     tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (n < 0 || n >= DATABASE_PATH_MAX || move_one(path, to, "")) {
		snprintf(d->why, sizeof(d->why), "cannot be moved aside: %s", strerror(errno));
		return -1;
	}
	(void)move_one(path, to, "-wal"); /* where there is one */
	return 0;
}

/* --- reading -------------------------------------------------------------------------------- */

static struct span column_text(sqlite3_stmt *s, int i)
{
	const void *p = sqlite3_column_text(s, i);

	return p ? span_of(p, (size_t)sqlite3_column_bytes(s, i)) : (struct span){ 0 };
}

static void column_read(sqlite3_stmt *s, int i, const struct record_member *m, struct record *r)
{
	void *at = (char *)r + m->at;
	int64_t number = m->kind > RECORD_ADDR ? sqlite3_column_int64(s, i) : 0;

	switch (m->kind) {
	case RECORD_TEXT:
		*(struct span *)at = column_text(s, i);
		break;
	case RECORD_ADDR: /* an address that can't be read stays unset */
		(void)addr_parse(column_text(s, i), 0, at);
		break;
	case RECORD_I64:
		*(int64_t *)at = number;
		break;
	case RECORD_U32:
		*(uint32_t *)at = (uint32_t)number;
		break;
	case RECORD_U16:
		*(uint16_t *)at = (uint16_t)number;
		break;
	case RECORD_BOOL:
		*(bool *)at = number != 0;
		break;
	}
}

enum database_end database_read(struct database *d, uint32_t capacity, database_record_fn *fn, void *ctx)
{
	char sql[STATEMENT_MAX];
	struct writer w = writer_over(sql, sizeof(sql));
	sqlite3_stmt *s = NULL;
	enum database_end end;
	int rc = SQLITE_DONE;

	writer_format(&w, "DELETE FROM binding WHERE slot < 0 OR slot >= %u", capacity);
	writer_byte(&w, '\0');
	end = run(d, sql);
	w = writer_over(sql, sizeof(sql));
	writer_str(&w, "SELECT slot");
	names_write(&w, false);
	writer_str(&w, " FROM binding ORDER BY slot");
	writer_byte(&w, '\0');
	if (!end || end == DATABASE_FAILED) /* of a disk that is full can be read */
		end = end_of(d, sqlite3_prepare_v2(d->handle, sql, -1, &s, NULL));
	while (!end && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		int64_t slot = sqlite3_column_int64(s, 0);
		struct record r = { .slot = (uint32_t)slot };

		for (unsigned i = 0; i < RECORD_MEMBERS; i++)
			column_read(s, (int)i + 1, &record_members[i], &r);
		if (slot >= 0 && slot < capacity)
			fn(ctx, &r);
	}
	if (!end)
		end = end_of(d, rc);
	sqlite3_finalize(s);
	return end;
}

enum database_end database_read_calls(struct database *d, database_call_fn *fn, void *ctx)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(d->handle, "SELECT row, data FROM call ORDER BY row", -1, &s, NULL);

	while ((rc == SQLITE_OK || rc == SQLITE_ROW) && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		const void *data = sqlite3_column_blob(s, 1);
		struct database_call c = { .row = sqlite3_column_int64(s, 0) };

		if (data)
			c.data = span_of(data, (size_t)sqlite3_column_bytes(s, 1));
		fn(ctx, &c);
	}
	sqlite3_finalize(s);
	return end_of(d, rc);
}

static void column_copy(sqlite3_stmt *s, int i, char *out, size_t size)
{
	snprintf(out, size, "%.*s", SPAN_ARG(column_text(s, i)));
}

static void ban_read(sqlite3_stmt *s, struct banrecord *r)
{
	column_copy(s, 1, r->network, sizeof(r->network));
	column_copy(s, 2, r->reason, sizeof(r->reason));
	column_copy(s, 3, r->realm, sizeof(r->realm));
	column_copy(s, 4, r->sample, sizeof(r->sample));
	r->forged = sqlite3_column_int64(s, 5) != 0;
	r->strikes = sqlite3_column_int64(s, 6);
	r->since = sqlite3_column_int64(s, 7);
	r->until = sqlite3_column_int64(s, 8);
	r->dropped = sqlite3_column_int64(s, 9);
}

enum database_end database_read_bans(struct database *d, database_ban_fn *fn, void *ctx)
{
	sqlite3_stmt *s = NULL;
	char sql[STATEMENT_MAX];
	enum database_end end;
	int rc = SQLITE_DONE;

	snprintf(sql, sizeof(sql), "DELETE FROM ban WHERE row < 0 OR row >= %d", BANS_ROWS);
	end = run(d, sql);
	if (!end || end == DATABASE_FAILED) /* of a disk that is full can be read */
		end = end_of(d, sqlite3_prepare_v2(d->handle, "SELECT row, " BAN_NAMES " FROM ban ORDER BY since, row",
						   -1, &s, NULL));
	while (!end && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		int64_t row = sqlite3_column_int64(s, 0);
		struct banrecord r = { .row = (uint32_t)row };

		ban_read(s, &r);
		if (row >= 0 && row < BANS_ROWS)
			fn(ctx, &r);
	}
	if (!end)
		end = end_of(d, rc);
	sqlite3_finalize(s);
	return end;
}

void database_instance(struct database *d, char out[DATABASE_INSTANCE_MAX])
{
	sqlite3_stmt *s = NULL;

	out[0] = '\0';
	(void)run(d, "INSERT OR IGNORE INTO self VALUES (0, lower(hex(randomblob(8))))");
	if (sqlite3_prepare_v2(d->handle, "SELECT instance FROM self WHERE id = 0", -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		snprintf(out, DATABASE_INSTANCE_MAX, "%.*s", SPAN_ARG(column_text(s, 0)));
	sqlite3_finalize(s);
}

/* --- writing -------------------------------------------------------------------------------- */

static int column_bind(sqlite3_stmt *s, int i, const struct record_member *m, const struct record *r)
{
	const void *at = (const char *)r + m->at;
	const struct span *text = at;
	char address[ADDR_TEXT_MAX];

	switch (m->kind) {
	case RECORD_TEXT:
		return sqlite3_bind_text(s, i, text->p, (int)text->n, SQLITE_STATIC);
	case RECORD_ADDR:
		return sqlite3_bind_text(s, i, addr_text(at, address), -1, SQLITE_TRANSIENT);
	case RECORD_I64:
		return sqlite3_bind_int64(s, i, *(const int64_t *)at);
	case RECORD_U32:
		return sqlite3_bind_int64(s, i, *(const uint32_t *)at);
	case RECORD_U16:
		return sqlite3_bind_int64(s, i, *(const uint16_t *)at);
	case RECORD_BOOL:
		return sqlite3_bind_int64(s, i, *(const bool *)at);
	}
	return SQLITE_MISUSE;
}

static enum database_end step(struct database *d, sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);
	enum database_end end = end_of(d, rc);

	sqlite3_reset(s);
	return end;
}

static enum database_end write_one(struct database *d, const struct record *r)
{
	sqlite3_stmt *s = r->gone ? d->drop : d->put;
	int rc = sqlite3_bind_int64(s, 1, r->slot);

	for (unsigned i = 0; i < RECORD_MEMBERS && !r->gone && rc == SQLITE_OK; i++)
		rc = column_bind(s, (int)i + 2, &record_members[i], r);
	return rc == SQLITE_OK ? step(d, s) : end_of(d, rc);
}

static enum database_end write_call(struct database *d, const struct database_call *c)
{
	sqlite3_stmt *s = c->gone ? d->drop_call : d->put_call;
	int rc = sqlite3_bind_int64(s, 1, c->row);

	if (rc == SQLITE_OK && !c->gone)
		rc = sqlite3_bind_blob(s, 2, c->data.p, (int)c->data.n, SQLITE_STATIC);
	return rc == SQLITE_OK ? step(d, s) : end_of(d, rc);
}

static enum database_end write_ban(struct database *d, const struct banrecord *r)
{
	const char *const texts[] = { r->network, r->reason, r->realm, r->sample };
	const int64_t numbers[] = { r->forged, r->strikes, r->since, r->until, r->dropped };
	sqlite3_stmt *s = r->gone ? d->drop_ban : d->put_ban;
	int rc = sqlite3_bind_int64(s, 1, r->row), at = 2;

	for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts) && !r->gone && rc == SQLITE_OK; i++)
		rc = sqlite3_bind_text(s, at++, texts[i], -1, SQLITE_STATIC);
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(*numbers) && !r->gone && rc == SQLITE_OK; i++)
		rc = sqlite3_bind_int64(s, at++, numbers[i]);
	return rc == SQLITE_OK ? step(d, s) : end_of(d, rc);
}

enum database_end database_write(struct database *d, const struct database_batch *b)
{
	enum database_end end = step(d, d->begin);

	for (unsigned i = 0; i < b->nrecord && !end; i++)
		end = write_one(d, &b->record[i]);
	for (unsigned i = 0; i < b->ncall && !end; i++)
		end = write_call(d, &b->call[i]);
	for (unsigned i = 0; i < b->nban && !end; i++)
		end = write_ban(d, &b->ban[i]);
	if (!end)
		end = step(d, d->commit);
	if (end && !sqlite3_get_autocommit(d->handle))
		(void)sqlite3_exec(d->handle, "ROLLBACK", NULL, NULL, NULL);
	return end;
}

enum database_end database_empty(struct database *d)
{
	return run(d, "DELETE FROM binding; DELETE FROM call; DELETE FROM ban");
}
