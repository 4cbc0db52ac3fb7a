// Package cluster reads and changes what the plugin needs of a cluster, as the caller.
package cluster

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/gentype"
	"k8s.io/client-go/rest"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Cluster is a cluster, as the caller. It knows the kinds that the plugin needs and no
// others, which keeps the binary small.
type Cluster struct {
	Config *rest.Config
	// Namespace is the one that commands are about.
	Namespace string

	sessions, core rest.Interface
	parameters     runtime.ParameterCodec
}

// New returns a cluster.
func New(config *rest.Config, namespace string) (*Cluster, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	c := &Cluster{Config: config, Namespace: namespace, parameters: runtime.NewParameterCodec(scheme)}
	codecs := serializer.NewCodecFactory(scheme)
	client := func(version schema.GroupVersion, path string) (rest.Interface, error) {
		own := rest.CopyConfig(config)
		own.GroupVersion, own.APIPath, own.NegotiatedSerializer = &version, path, codecs.WithoutConversion()
		return rest.RESTClientFor(own)
	}
	var err error
	if c.sessions, err = client(v1alpha1.GroupVersion, "/apis"); err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	if c.core, err = client(corev1.SchemeGroupVersion, "/api"); err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	return c, nil
}

// Sessions are the sessions of a namespace; of all if it is empty.
func (c *Cluster) Sessions(namespace string) *gentype.ClientWithList[*v1alpha1.WhatsAppSession, *v1alpha1.WhatsAppSessionList] {
	return gentype.NewClientWithList(v1alpha1.Resource, c.sessions, c.parameters, namespace,
		func() *v1alpha1.WhatsAppSession { return &v1alpha1.WhatsAppSession{} },
		func() *v1alpha1.WhatsAppSessionList { return &v1alpha1.WhatsAppSessionList{} })
}

// Pods are the pods of a namespace.
func (c *Cluster) Pods(namespace string) *gentype.Client[*corev1.Pod] {
	return gentype.NewClient("pods", c.core, c.parameters, namespace, func() *corev1.Pod { return &corev1.Pod{} })
}

// Secrets are the Secrets of a namespace.
func (c *Cluster) Secrets(namespace string) *gentype.Client[*corev1.Secret] {
	return gentype.NewClient("secrets", c.core, c.parameters, namespace, func() *corev1.Secret { return &corev1.Secret{} })
}

// Core is a client of the core API, for what has no type here.
func (c *Cluster) Core() rest.Interface { return c.core }
