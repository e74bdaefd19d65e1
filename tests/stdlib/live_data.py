"""Servers that keep data, started to see which metrics they write. See exposition_test.py.

LIVE: module → the programs that it needs, and a function of (e2e.Servers, a folder to write in) that
starts them on free ports and returns the texts of its scrapes.
"""

import glob
import http.client
import os
import pwd

import e2e


def scrape(url):
    return e2e.get(url).decode()


def installed(pattern):
    """A program that is not in PATH, by a pattern of its path; the pattern if there is none."""
    return max(glob.glob(pattern), default=pattern)


class User:
    """Somebody without rights, whom servers are started as that refuse to run as root."""

    def __init__(self, folder):
        self.home = folder / "home"
        self.home.mkdir()
        self._as = []
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            folder.chmod(0o711)
            os.chown(self.home, nobody.pw_uid, nobody.pw_gid)
            # Setpriv, because the wish to die with the parent is lost with the rights.
            self._as = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}",
                        "--clear-groups", "--pdeathsig", "KILL", "--"]

    def command(self, *command, **environment):
        settings = [f"{name}={value}" for name, value in environment.items()]
        return ["env", f"HOME={self.home}", *settings, *self._as, *command]

    def run(self, *command, **environment):
        status, text = e2e.run(*self.command(*command, **environment), cwd=self.home)
        if status != 0:
            e2e.fail(f"{command[0]} ends with {status}:\n{text}")


def until(what, condition, servers, name, seconds=30):
    if not e2e.wait(condition, seconds, 0.1):
        e2e.fail(f"no {what} of {name} within {seconds} s:\n{servers.log(name)}")


def push(address, path, text):
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request("POST", path, text)
    if (answer := connection.getresponse()).status != 200:
        e2e.fail(f"{address}{path} answers {answer.status}: {answer.read()}")


# --- databases

INITDB, POSTGRES, BASEBACKUP = (installed(f"/usr/lib/postgresql/*/bin/{name}")
                                for name in ("initdb", "postgres", "pg_basebackup"))


def postgres(servers, folder):
    """A primary and the standby that streams from it."""
    user, address = User(folder), f"127.0.0.1:{e2e.free_port()}"
    primary = ("-h", user.home, "-U", "postgres")

    def ask(sql):
        return e2e.run("psql", "-X", "-q", "-A", "-t", *primary, "-d", "postgres", "-c", sql)[1].strip()

    def start(name, port):
        servers.start(name, *user.command(POSTGRES, "-D", user.home / name, "-k", user.home, "-p", port,
                                          "-c", "listen_addresses=", "-c", "fsync=off"))

    user.run(INITDB, "-D", user.home / "primary", "-U", "postgres", "-A", "trust", "--no-sync")
    start("primary", 5432)
    until("answer", lambda: ask("select 1") == "1", servers, "primary")
    user.run(BASEBACKUP, *primary, "-D", user.home / "standby", "-R", "-C", "-S", "standby",
             "--checkpoint=fast", "--no-sync")
    start("standby", 5433)
    until("stream", lambda: ask("select state from pg_stat_replication") == "streaming", servers, "standby")
    servers.start("exporter", *user.command(
        "prometheus-postgres-exporter", f"--web.listen-address={address}",
        DATA_SOURCE_NAME=f"host={user.home} user=postgres dbname=postgres sslmode=disable"))
    servers.wait_until_ready("exporter", f"http://{address}/")
    return [scrape(f"http://{address}/metrics")]


def mysql(servers, folder):
    """A primary and its replica, with MariaDB's plugin for the times of statements."""
    user, ports, sockets = User(folder), {}, {}
    user.run("mariadb-install-db", "--no-defaults", f"--datadir={user.home}/primary", "--skip-test-db",
             "--auth-root-authentication-method=normal")
    user.run("cp", "-r", user.home / "primary", user.home / "replica")
    for number, name in enumerate(("primary", "replica"), 1):
        data, sockets[name], ports[name] = user.home / name, user.home / f"{name}.sock", e2e.free_port()
        servers.start(name, *user.command(
            "mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={sockets[name]}",
            f"--pid-file={data}/pid", f"--server-id={number}", "--log-bin",
            "--bind-address=127.0.0.1", f"--port={ports[name]}", "--innodb-flush-log-at-trx-commit=0"))

    def ask(name, sql):
        return e2e.run("mariadb", "--no-defaults", "-uroot", "-S", sockets[name], "-e", sql)

    for name in sockets:
        until("answer", lambda: ask(name, "select 1")[0] == 0, servers, name)
    ask("primary", "grant replication slave on *.* to 'replica'@'127.0.0.1' identified by 'x'")
    ask("replica", f"change master to master_host='127.0.0.1', master_port={ports['primary']}, "
                   "master_user='replica', master_password='x'; start slave")
    ask("replica", "install soname 'query_response_time'; set global query_response_time_stats=1; select 1")
    until("replication", lambda: "Seconds_Behind_Master: 0" in ask("replica", "show slave status\\G")[1],
          servers, "replica")
    address = f"127.0.0.1:{e2e.free_port()}"
    servers.start("exporter", *user.command(
        "prometheus-mysqld-exporter", f"--web.listen-address={address}",
        DATA_SOURCE_NAME=f"root@unix({sockets['replica']})/"))
    servers.wait_until_ready("exporter", f"http://{address}/")
    return [scrape(f"http://{address}/metrics")]


def redis(servers, folder):
    """A primary that is full, and its replica."""
    port, texts = e2e.free_port(), []
    sockets = {name: folder / f"{name}.sock" for name in ("primary", "replica")}
    save = ("--dir", folder, "--save", "", "--daemonize", "no")
    servers.start("primary", "redis-server", *save, "--port", port, "--bind", "127.0.0.1",
                  "--unixsocket", sockets["primary"], "--maxmemory", "3mb", "--repl-diskless-sync-delay", "0")
    servers.start("replica", "redis-server", *save, "--port", "0", "--unixsocket", sockets["replica"],
                  "--replicaof", f"127.0.0.1 {port}")

    def ask(name, *command):
        return e2e.run("redis-cli", "-s", sockets[name], *command)[1]

    until("replication", lambda: "master_link_status:up" in ask("replica", "info", "replication"),
          servers, "replica")
    ask("primary", "setrange", "large", 4 << 20, "x")
    until("error", lambda: ask("primary", "set", "a", "1").startswith("OOM"), servers, "primary")
    for name, socket in sockets.items():
        address = f"127.0.0.1:{e2e.free_port()}"
        servers.start(f"{name}-exporter", "prometheus-redis-exporter", "-redis.addr", f"unix://{socket}",
                      "-web.listen-address", address)
        servers.wait_until_ready(f"{name}-exporter", f"http://{address}/")
        texts.append(scrape(f"http://{address}/metrics"))
    return texts


# --- queues

RABBITMQ = installed("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server")


def rabbitmq(servers, folder):
    user, port, names = User(folder), e2e.free_port(), e2e.free_port()
    (folder / "plugins").write_text("[rabbitmq_prometheus].\n")
    (folder / "definitions.json").write_text(
        '{"vhosts": [{"name": "/"}], "queues": [{"name": "orders", "vhost": "/", "durable": true, '
        '"auto_delete": false, "arguments": {}}]}')
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{e2e.free_port()}\nload_definitions = {folder}/definitions.json\n"
        f"prometheus.tcp.ip = 127.0.0.1\nprometheus.tcp.port = {port}\n")
    # The names of nodes are served by a daemon that would outlive the broker which starts it.
    servers.start("epmd", "epmd", "-port", names, "-address", "127.0.0.1")
    servers.start("rabbitmq", *user.command(
        RABBITMQ, ERL_EPMD_PORT=names, RABBITMQ_NODENAME="test@localhost", RUNNING_UNDER_SYSTEMD=1,
        RABBITMQ_DIST_PORT=e2e.free_port(), RABBITMQ_CONF_ENV_FILE="/dev/null",
        RABBITMQ_CONFIG_FILE=folder / "rabbitmq.conf", RABBITMQ_LOG_BASE=user.home / "log",
        RABBITMQ_ENABLED_PLUGINS_FILE=folder / "plugins", RABBITMQ_MNESIA_BASE=user.home / "mnesia",
        RABBITMQ_PID_FILE=user.home / "pid"))
    servers.wait_until_ready("rabbitmq", f"http://127.0.0.1:{port}/metrics", 60)
    detailed = (f"http://127.0.0.1:{port}/metrics/detailed?family=queue_coarse_metrics"
                "&family=queue_consumer_count&family=queue_delivery_metrics")
    until("queue", lambda: 'queue="orders"' in scrape(detailed), servers, "rabbitmq")
    texts = [scrape(f"http://127.0.0.1:{port}/metrics"), scrape(detailed)]
    servers.kill("rabbitmq")  # asked to end, it takes its time to leave everything in order
    return texts


# --- machines, jobs and the monitoring itself

def node_exporter(servers, folder):
    address = f"127.0.0.1:{e2e.free_port()}"
    (folder / "job.prom").write_text("job_rows 1\n")
    servers.start("node-exporter", "prometheus-node-exporter", f"--web.listen-address={address}",
                  f"--collector.textfile.directory={folder}")
    servers.wait_until_ready("node-exporter", f"http://{address}/")
    return [scrape(f"http://{address}/metrics")]


def batch(servers, folder):
    address = f"127.0.0.1:{e2e.free_port()}"
    servers.start("pushgateway", "prometheus-pushgateway", f"--web.listen-address={address}",
                  f"--persistence.file={folder}/pushed")
    servers.wait_until_ready("pushgateway", f"http://{address}/-/ready")
    push(address, "/metrics/job/backup/instance/one", "backup_rows 1\n")
    return [scrape(f"http://{address}/metrics"), *node_exporter(servers, folder)]


def prometheus(servers, folder):
    address = f"127.0.0.1:{e2e.free_port()}"
    (folder / "rules.yml").write_text('groups: [{name: all, rules: [{record: "one", expr: "1"}]}]\n')
    (folder / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{folder}/rules.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{e2e.free_port()}']}}]}}]}}
scrape_configs: [{{job_name: prometheus, static_configs: [{{targets: ['{address}']}}]}}]
""")
    servers.start("prometheus", "prometheus", f"--config.file={folder}/prometheus.yml",
                  f"--storage.tsdb.path={folder}/data", f"--web.listen-address={address}")
    servers.wait_until_ready("prometheus", f"http://{address}/-/ready")
    e2e.ask(f"http://{address}/api/v1/query", query="1")
    until("Alertmanager", lambda: "_alertmanagers_discovered 1" in scrape(f"http://{address}/metrics"),
          servers, "prometheus")
    return [scrape(f"http://{address}/metrics")]


def alertmanager(servers, folder):
    address = f"127.0.0.1:{e2e.free_port()}"
    (folder / "alertmanager.yml").write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    servers.start("alertmanager", "prometheus-alertmanager", f"--config.file={folder}/alertmanager.yml",
                  f"--storage.path={folder}/data", f"--web.listen-address={address}",
                  f"--cluster.listen-address=127.0.0.1:{e2e.free_port()}")
    servers.wait_until_ready("alertmanager", f"http://{address}/-/ready")
    return [scrape(f"http://{address}/metrics")]


LIVE = {
    "postgres": (("prometheus-postgres-exporter", "psql", INITDB, POSTGRES, BASEBACKUP), postgres),
    "mysql": (("prometheus-mysqld-exporter", "mariadb", "mariadb-install-db", "mariadbd"), mysql),
    "redis": (("prometheus-redis-exporter", "redis-server", "redis-cli"), redis),
    "rabbitmq": ((RABBITMQ, "epmd"), rabbitmq),
    "node": (("prometheus-node-exporter",), node_exporter),
    "batch": (("prometheus-pushgateway", "prometheus-node-exporter"), batch),
    "prometheus": (("prometheus",), prometheus),
    "alertmanager": (("prometheus-alertmanager",), alertmanager),
}
