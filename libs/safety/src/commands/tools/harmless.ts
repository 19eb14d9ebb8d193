/** Programs that only look or only transform text, whatever their options. Those with options that write have a reader. */
export const HARMLESS = new Set(
  `echo printf true false : test [ [[ ls pwd cd whoami id groups who w last date cal uptime uname hostname arch nproc free df du lsblk blkid findmnt lscpu lsmem lsusb
  lspci lsof ps pgrep pidof pstree top htop atop vmstat iostat mpstat sar dstat pidstat nstat ss netstat dig nslookup host getent ping ping6 traceroute tracepath mtr arping
  nc ncat telnet whois wc sort uniq cut tr paste join column fold fmt rev comm diff cmp sdiff jq yq xq grep rg ag ack file stat readlink realpath basename dirname
  md5sum sha1sum sha256sum sha512sum b2sum cksum base64 base32 seq expr bc sleep which whereis type hash man info apropos help locale env printenv tty stty dmesg
  pg_isready pg_config lastlog cut awk gawk mawk tput clear history jobs fg bg wait read shift return exit break continue set unset export local declare
  typeset readonly alias unalias source . trap eval getopts ulimit umask pushd popd dirs command builtin exec shopt enable let times logout
  test timeout nohup sudo xargs ssh su kubectx kubens stern k9s velero promtool amtool logcli openssl tree numfmt shuf tsort od xxd hexdump zcat
  bzcat xzcat zless tcpdump numactl nvidia-smi perf strace ltrace chronyc timedatectl hostnamectl loginctl localectl resolvectl busctl networkctl`.split(
    /\s+/,
  ),
);
