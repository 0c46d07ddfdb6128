/** Names of what /proc shows about the network: tables of a process, and settings of the machine. */

/** Below /proc/PID/net. */
const TABLES = [
  'arp',
  'dev',
  'if_inet6',
  'ipv6_route',
  'netlink',
  'packet',
  'raw',
  'raw6',
  'route',
  'sockstat',
  'sockstat6',
  'tcp',
  'tcp6',
  'udp',
  'udp6',
  'udplite',
  'udplite6',
  'unix',
];

/** Below /proc/sys/net. */
const SETTINGS = [
  'core/optmem_max',
  'core/rmem_default',
  'core/rmem_max',
  'core/somaxconn',
  'core/wmem_default',
  'core/wmem_max',
  'ipv4/ip_default_ttl',
  'ipv4/ip_forward',
  'ipv4/ip_local_port_range',
  'ipv4/ip_nonlocal_bind',
  'ipv4/ip_unprivileged_port_start',
  'ipv4/ping_group_range',
  'ipv4/tcp_available_congestion_control',
  'ipv4/tcp_congestion_control',
  'ipv4/tcp_fastopen',
  'ipv4/tcp_fin_timeout',
  'ipv4/tcp_keepalive_intvl',
  'ipv4/tcp_keepalive_probes',
  'ipv4/tcp_keepalive_time',
  'ipv4/tcp_max_syn_backlog',
  'ipv4/tcp_rmem',
  'ipv4/tcp_syncookies',
  'ipv4/tcp_tw_reuse',
  'ipv4/tcp_wmem',
  'ipv6/bindv6only',
  'ipv6/conf/all/disable_ipv6',
  'ipv6/conf/default/disable_ipv6',
  'ipv6/conf/lo/disable_ipv6',
  'unix/max_dgram_qlen',
];

/** Mode of each, by path. */
const modes = (prefix: string, names: readonly string[], mode: number): Readonly<Record<string, number>> =>
  Object.fromEntries(names.map((name) => [prefix + name, mode]));

export const NET_FILES = modes('net/', TABLES, 0o444);
export const NET_SETTINGS = modes('sys/net/', SETTINGS, 0o644);
