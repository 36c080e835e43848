#!/usr/bin/perl
# The programs of the Agent as far as our manifests know them. What they receive is kept in /tmp: /tmp/metrics has a
# datagram a line, /tmp/requests a line for each request: its path, a tab, and its body in hexadecimal digits.
use strict;
use warnings;
use IO::Socket::INET;

my ($program) = $0 =~ m{([^/]+)$};
my $command = join ' ', @ARGV;
$| = 1;

if ($program eq 'agent' && $command eq 'status --json') {
    my $checks = join ',', map { qq("$_": {"$_:1": {"TotalRuns": 1, "TotalErrors": 0, "LastError": ""}}) } qw(http_check openmetrics);
    my $metrics = lines('/tmp/metrics');
    print qq({"version": "stand-in", "runnerStats": {"Checks": {$checks}}, "dogstatsdStats": {"MetricPackets": $metrics}}\n);
    exit 0;
}
if ($program eq 'agent') {
    die "the configuration is not whole\n" unless `cat /etc/datadog-agent/datadog.yaml` =~ /api_key_given: yes/;
    die "no socket of containerd\n" unless -S $ENV{DD_CRI_SOCKET_PATH};
    exit datagrams(8125) unless my $pid = fork;
    serve($ENV{DD_HEALTH_PORT}, undef);
}
serve($ENV{DD_APM_RECEIVER_PORT}, '/tmp/requests') if $program eq 'trace-agent';
die "no token\n" unless length($ENV{DD_CLUSTER_AGENT_AUTH_TOKEN} // '') >= 32;
serve($ENV{DD_HEALTH_PORT}, undef);

sub lines {
    my ($file) = @_;
    open my $in, '<', $file or return 0;
    my @all = <$in>;
    return scalar @all;
}

sub datagrams {
    my ($port) = @_;
    my $socket = IO::Socket::INET->new(LocalPort => $port, Proto => 'udp') or die "UDP $port: $!\n";
    while (defined $socket->recv(my $data, 65535)) {
        open my $out, '>>', '/tmp/metrics' or die $!;
        print $out map { "$_\n" } grep { length } split /\n/, $data;
        close $out;
    }
}

sub serve {
    my ($port, $file) = @_;
    my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 64, ReuseAddr => 1) or die "TCP $port: $!\n";
    $SIG{CHLD} = 'IGNORE';
    while (1) {
        my $client = $server->accept or next;
        if (fork) { close $client; next }
        1 while answer($client, $file);
        exit 0;
    }
}

sub answer {
    my ($client, $file) = @_;
    my $first = <$client> // return 0;
    my ($path) = $first =~ m{^\S+ (\S+)};
    my ($length, $chunked) = (0, 0);
    while (defined(my $line = <$client>)) {
        last if $line =~ /^\r?\n$/;
        $length = $1 if $line =~ /^content-length:\s*(\d+)/i;
        $chunked = 1 if $line =~ /^transfer-encoding:\s*chunked/i;
    }
    my $body = $chunked ? chunks($client) : piece($client, $length);
    if ($file) {
        open my $out, '>>', $file or die $!;
        print $out "$path\t" . unpack('H*', $body) . "\n";
        close $out;
    }
    my $said = $path eq '/info' ? '{"version": "stand-in", "endpoints": ["/v0.5/traces"]}' : '{}';
    print $client "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " . length($said) . "\r\n\r\n$said";
    return 1;
}

sub chunks {
    my ($client) = @_;
    my $body = '';
    while (defined(my $line = <$client>)) {
        my ($size) = $line =~ /^([0-9a-fA-F]+)/;
        last unless defined $size && hex $size;
        $body .= piece($client, hex $size);
        <$client>;
    }
    <$client>;
    return $body;
}

sub piece {
    my ($client, $length) = @_;
    my $body = '';
    while (length($body) < $length) {
        read($client, my $data, $length - length $body) or last;
        $body .= $data;
    }
    return $body;
}
