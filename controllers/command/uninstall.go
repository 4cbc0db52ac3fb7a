package command

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/kubernetes"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/uninstall"
)

// leaseName is the name of the lease that elects the leader.
const leaseName = "wasession-operator"

// uninstallFlags are the flags of "wasession-operator uninstall".
type uninstallFlags struct {
	deployment string
	shards     []string
	sessions   []types.NamespacedName
	options    options // those that it shares with the operator
	timeout    time.Duration
}

func newUninstallFlags(flags *flag.FlagSet) *uninstallFlags {
	u := &uninstallFlags{}
	flags.StringVar(&u.deployment, "deployment", "wasession-operator", "The name of the operator's Deployment.")
	flags.Func("shard", "A shard, whose Deployment has its name as a suffix. Can be repeated.", func(name string) error {
		u.shards = append(u.shards, name)
		return nil
	})
	flags.StringVar(&u.options.leaderNamespace, "namespace", "", "The operator's namespace. Defaults to the pod's own.")
	flags.StringVar(&u.options.watchNamespaces, "watch-namespaces", "", "The namespaces that the operator watches, separated by commas. Defaults to all.")
	flags.Func("session", "A session that goes with the operator, as namespace/name. Can be repeated.", u.addSession)
	flags.DurationVar(&u.timeout, "timeout", 4*time.Minute, "How long it may take.")
	return u
}

// addSession takes one value of --session.
func (u *uninstallFlags) addSession(value string) error {
	namespace, name, ok := strings.Cut(value, "/")
	if !ok || namespace == "" || name == "" {
		return fmt.Errorf("%q is not namespace/name", value)
	}
	u.sessions = append(u.sessions, types.NamespacedName{Namespace: namespace, Name: name})
	return nil
}

// runUninstall prepares the removal of the operator; the chart's pre-delete hook
// runs it.
func runUninstall(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("wasession-operator uninstall", flag.ExitOnError)
	u := newUninstallFlags(flags)
	ctrl.RegisterFlags(flags) // --kubeconfig
	if err := flags.Parse(args); err != nil {
		return err
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("loading the API server's configuration: %w", err)
	}
	wanted, err := u.uninstall(config)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, u.timeout)
	defer cancel()
	return uninstall.Run(ctx, wanted)
}

func (u *uninstallFlags) uninstall(config *rest.Config) (uninstall.Options, error) {
	scheme := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(scheme))
	utilruntime.Must(v1alpha1.AddToScheme(scheme))
	c, err := client.NewWithWatch(config, client.Options{Scheme: scheme})
	if err != nil {
		return uninstall.Options{}, fmt.Errorf("creating an API client: %w", err)
	}
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		return uninstall.Options{}, fmt.Errorf("creating a client for the lease: %w", err)
	}
	operators, err := u.operators()
	if err != nil {
		return uninstall.Options{}, err
	}
	return uninstall.Options{
		Client: c, Clientset: clientset, Log: slog.New(slog.NewJSONHandler(os.Stderr, nil)),
		Sessions: u.sessions, Namespaces: u.options.namespaces(),
		Namespace: u.options.ownNamespace(), Operators: operators,
	}, nil
}

// operators are one Deployment, or with shards one for each and one for the
// sessions without a shard.
func (u *uninstallFlags) operators() ([]uninstall.Operator, error) {
	if len(u.shards) == 0 {
		return []uninstall.Operator{{Deployment: u.deployment, Lease: leaseName}}, nil
	}
	var all []uninstall.Operator
	add := func(deployment, selector string) error {
		shard, err := labels.Parse(selector)
		if err != nil {
			return fmt.Errorf("--shard: %w", err)
		}
		all = append(all, uninstall.Operator{Deployment: deployment, Lease: leaseOf(shard)})
		return nil
	}
	if err := add(u.deployment, "!"+v1alpha1.LabelShard); err != nil {
		return nil, err
	}
	for _, name := range u.shards {
		if err := add(u.deployment+"-"+name, v1alpha1.LabelShard+"="+name); err != nil {
			return nil, err
		}
	}
	return all, nil
}
