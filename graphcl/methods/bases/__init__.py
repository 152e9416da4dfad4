"""What several methods share: modules, hyper-parameters and stages that are no method by themselves."""
