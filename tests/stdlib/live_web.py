"""Servers that answer requests, started to see which metrics they write. See exposition_test.py.

LIVE: module → the programs that it needs, and a function of (e2e.Servers, a folder to write in) that
starts them on free ports and returns the texts of its scrapes.
"""

import e2e


def scrape(url):
    return e2e.get(url).decode()


def nginx(servers, folder):
    web, exporter = e2e.free_port(), e2e.free_port()
    config = folder / "nginx.conf"
    config.write_text(f"""
        daemon off;
        pid {folder}/nginx.pid;
        error_log stderr;
        events {{}}
        http {{
          access_log off;
          client_body_temp_path {folder}/body;
          proxy_temp_path {folder}/proxy;
          fastcgi_temp_path {folder}/fastcgi;
          uwsgi_temp_path {folder}/uwsgi;
          scgi_temp_path {folder}/scgi;
          server {{
            listen 127.0.0.1:{web};
            location /stub_status {{ stub_status; }}
          }}
        }}
        """)
    servers.start("nginx", "nginx", "-p", folder, "-c", config)
    servers.wait_until_ready("nginx", f"http://127.0.0.1:{web}/stub_status")
    servers.start("exporter", "prometheus-nginx-exporter",
                  f"-nginx.scrape-uri=http://127.0.0.1:{web}/stub_status",
                  f"-web.listen-address=127.0.0.1:{exporter}")
    servers.wait_until_ready("exporter", f"http://127.0.0.1:{exporter}/metrics")
    return [scrape(f"http://127.0.0.1:{exporter}/metrics")]


def haproxy(servers, folder):
    port, application = e2e.free_port(), e2e.free_port()
    config = folder / "haproxy.cfg"
    config.write_text(f"""
defaults
  mode http
  timeout client 5s
  timeout connect 5s
  timeout server 5s

frontend web
  bind 127.0.0.1:{port}
  http-request use-service prometheus-exporter if {{ path /metrics }}
  default_backend application

backend application
  server one 127.0.0.1:{application} check

frontend application
  bind 127.0.0.1:{application}
  http-request return status 200
""")
    servers.start("haproxy", "haproxy", "-db", "-f", config)
    servers.wait_until_ready("haproxy", f"http://127.0.0.1:{port}/metrics")
    e2e.get(f"http://127.0.0.1:{port}/")
    return [scrape(f"http://127.0.0.1:{port}/metrics")]


def blackbox(servers, folder):
    port, web = e2e.free_port(), e2e.free_port()
    status, text = e2e.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 30,
                           "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                           "-keyout", folder / "key.pem", "-out", folder / "certificate.pem")
    if status != 0:
        e2e.fail(f"openssl ends with {status}:\n{text}")
    config = folder / "blackbox.yml"
    config.write_text(f"""
modules:
  http:
    prober: http
    timeout: 5s
    http:
      preferred_ip_protocol: ip4
      tls_config: {{ca_file: {folder}/certificate.pem, server_name: localhost}}
  tcp: {{prober: tcp, timeout: 5s}}
  dns: {{prober: dns, timeout: 1s, dns: {{query_name: localhost, preferred_ip_protocol: ip4}}}}
  grpc: {{prober: grpc, timeout: 1s, grpc: {{preferred_ip_protocol: ip4}}}}
  icmp: {{prober: icmp, timeout: 1s, icmp: {{preferred_ip_protocol: ip4}}}}
""")
    (folder / "ok").write_text("ok")
    servers.start("web", "openssl", "s_server", "-quiet", "-accept", f"127.0.0.1:{web}", "-WWW",
                  "-cert", folder / "certificate.pem", "-key", folder / "key.pem")
    servers.start("exporter", "prometheus-blackbox-exporter", f"--config.file={config}",
                  f"--web.listen-address=127.0.0.1:{port}")
    servers.wait_until_ready("exporter", f"http://127.0.0.1:{port}/metrics")

    def probe(module, target):
        return e2e.get(f"http://127.0.0.1:{port}/probe", module=module, target=target).decode()

    page = f"https://127.0.0.1:{web}/ok"
    if not e2e.wait(lambda: "\nprobe_success 1\n" in probe("http", page), 15):
        e2e.fail(f"the probe of {page} does not succeed:\n{servers.log('web')}")
    return [probe("http", page), probe("tcp", f"127.0.0.1:{web}"), probe("dns", "127.0.0.1"),
            probe("grpc", f"127.0.0.1:{web}"), probe("icmp", "127.0.0.1"),
            scrape(f"http://127.0.0.1:{port}/metrics")]


def process(servers, folder):
    """What each client library of Prometheus writes about its process; here that of Go."""
    port = e2e.free_port()
    (folder / "blackbox.yml").write_text("modules: {}\n")
    servers.start("exporter", "prometheus-blackbox-exporter", "--config.file=blackbox.yml",
                  f"--web.listen-address=127.0.0.1:{port}")
    servers.wait_until_ready("exporter", f"http://127.0.0.1:{port}/metrics")
    return [scrape(f"http://127.0.0.1:{port}/metrics")]


LIVE = {
    "http": (("prometheus-blackbox-exporter",), process),
    "nginx": (("nginx", "prometheus-nginx-exporter"), nginx),
    "haproxy": (("haproxy",), haproxy),
    "blackbox": (("prometheus-blackbox-exporter", "openssl"), blackbox),
}
